using Transformer.Compiled.Metrics;

namespace Runtime.Tests.Metrics;

public sealed class PerplexityTests
{
    /// <summary>A uniform choice among v tokens has perplexity v.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50257)]
    public void UniformChoiceHasTheSizeOfTheVocabulary(int vocabulary)
    {
        var perplexity = new Perplexity();
        perplexity.Add(Math.Log(vocabulary), 3);
        perplexity.Add(Math.Log(vocabulary), 5);
        Assert.Equal(8, perplexity.Tokens);
        Assert.Equal(vocabulary, perplexity.Value, vocabulary * 1e-14);
    }

    /// <summary>Probabilities 1/2, 1/4 and 1/8 have the geometric mean 1/4.</summary>
    [Fact]
    public void PerplexityIsTheInverseGeometricMean()
    {
        var perplexity = new Perplexity();
        perplexity.Add([MathF.Log(0.5f), MathF.Log(0.25f), MathF.Log(0.125f)]);
        Assert.Equal(4, perplexity.Value, 1e-6);
    }

    /// <summary>Means 1 of three tokens and 5 of one have the mean 8 / 4.</summary>
    [Fact]
    public void BatchesCountByTheirTokens()
    {
        var perplexity = new Perplexity();
        perplexity.Add(1, 3);
        perplexity.Add(5, 1);
        perplexity.Add(100, 0);
        Assert.Equal(2, perplexity.CrossEntropy);
        Assert.Equal(Math.Exp(2), perplexity.Value);
    }

    [Fact]
    public void ProbabilityZeroIsInfinite()
    {
        var perplexity = new Perplexity();
        perplexity.Add([float.NegativeInfinity, 0]);
        Assert.Equal(double.PositiveInfinity, perplexity.Value);
    }

    [Fact]
    public void NothingAndNaNAreRefused()
    {
        var perplexity = new Perplexity();
        Assert.Throws<InvalidOperationException>(() => perplexity.Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => perplexity.Add(double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => perplexity.Add(1, -1));
        Assert.Equal(0, perplexity.Tokens);
    }
}
