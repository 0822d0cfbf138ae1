using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

public class ScoringTests
{
    private static readonly int[] s_tokens = [3, 1, 4, 1, 5, 2, 6, 5, 3];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(1000)]
    public void EveryTokenIsScoredAfterThoseBeforeIt(int chunk)
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 7, context: 20, batch: 1);
        SequenceScore alone = session.Score(s_tokens, chunk);
        AssertScores(Expected(s_tokens, first: 1), alone.LogProbabilities);
        Assert.Equal(s_tokens, session.History);

        SequenceScore after = session.Score(s_tokens, chunk);
        AssertScores(Expected([.. s_tokens, .. s_tokens], first: 9), after.LogProbabilities);
    }

    [Fact]
    public void PerplexityIsTheInverseGeometricMean()
    {
        var score = new SequenceScore([MathF.Log(0.5f), MathF.Log(0.125f)]);
        Assert.Equal(Math.Log(0.0625), score.LogProbability, 1e-6);
        Assert.Equal(4, score.Perplexity, 1e-5);
        Assert.Equal(double.NaN, new SequenceScore([]).Perplexity);
    }

    [Fact]
    public void HugeLogitsAreScoredWithoutOverflow()
    {
        float[] logits = [1e30f, 1e30f, float.NegativeInfinity, -1e30f];
        Assert.Equal(0, (logits[0] - LogSoftmax.Normalizer(logits, new float[4])) / 1e30, 1e-6);
        Assert.Equal(1000 + Math.Log(2), LogSoftmax.Normalizer([1000, 1000], new float[2]), 1e-9);
        Assert.Throws<ArgumentException>(() => LogSoftmax.Normalizer([float.NaN, 1], new float[2]));
        Assert.Throws<ArgumentException>(() => LogSoftmax.Normalizer([float.NegativeInfinity], new float[1]));
    }

    [Fact]
    public void RefusedSequencesChangeNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 7, context: 8, batch: 1);
        Assert.Throws<ArgumentException>(() => session.Score([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Score([1, 2, 7], chunk: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Score([1, 2], chunk: 0));
        Assert.Throws<InvalidOperationException>(() => session.Score(s_tokens, chunk: 1));
        Assert.Equal(0, session.Position);
    }

    private static float[] Expected(int[] tokens, int first)
    {
        var expected = new float[tokens.Length - first];
        for (int i = first; i < tokens.Length; i++)
        {
            var logits = new float[7];
            TableSession.LogitsAfter(1, Array.ConvertAll(tokens[..i], t => (float)t), logits);
            expected[i - first] = (float)(logits[tokens[i]] - Math.Log(logits.Sum(l => Math.Exp(l))));
        }
        return expected;
    }

    private static void AssertScores(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
    }
}
