using Transformer.Compiled.Generation;

namespace Ptx.Kernels.Tests;

/// <summary>Where the run-time's sampler throws, the device says −1, and the generator stays where it is.</summary>
public sealed class NothingToDrawTests
{
    private const int Vocabulary = 131;

    private static readonly Func<Sampler>[] Samplers =
    [
        () => new Sampler { Temperature = 0 },
        () => new Sampler { Seed = 7 },
        () => new Sampler { Seed = 7, TopK = 3, TopP = 0.5f, MinP = 0.1f, RepetitionPenalty = 2 },
    ];

    [Theory]
    [InlineData(0x7F800001u, 130)]
    [InlineData(0x7FC00000u, 0)]
    [InlineData(0xFFC00000u, 130)]
    [InlineData(0xFFFFFFFFu, 0)]
    [InlineData(0x7F800000u, 64)]
    public void ALogitThatIsNoNumber(uint bits, int token)
    {
        float[] logits = Numbers.Random(1, Vocabulary);
        logits[token] = BitConverter.UInt32BitsToSingle(bits);
        IsRefused(logits, history: [5, 6, token]);
    }

    [Fact]
    public void NoLogitIsFinite()
    {
        float[] logits = new float[Vocabulary];
        Array.Fill(logits, float.NegativeInfinity);
        IsRefused(logits, history: [1]);
    }

    [Fact]
    public void AllTokensAreExcluded()
    {
        var run = new SamplingRun(3, 8, [1, 2, 3], [[0, 1, 2, 0]]);
        Assert.Equal(-1, run.OnDevice(new Sampler { NoRepeatNGram = 1 }).Tokens[0]);
        Assert.Throws<ArgumentException>(() => run.OnHost(new Sampler { NoRepeatNGram = 1 }));
    }

    [Fact]
    public void APenaltyOverflows()
    {
        var run = new SamplingRun(3, 8, [1, float.MaxValue, 3], [[0, 1, 2, 0]]);
        Assert.Equal(-1, run.OnDevice(new Sampler { RepetitionPenalty = 0.5f }).Tokens[0]);
        Assert.Throws<ArgumentException>(() => run.OnHost(new Sampler { RepetitionPenalty = 0.5f }));
    }

    [Fact]
    public void ATokenThatIsExcludedMayBeAnything()
    {
        var run = new SamplingRun(4, 8, [1, float.NaN, 3, float.PositiveInfinity], [[3, 1, 3, 1]]);
        Assert.Equal(run.OnHost(new Sampler { NoRepeatNGram = 1 }), run.OnDevice(new Sampler { NoRepeatNGram = 1 }).Tokens);
    }

    private static void IsRefused(float[] logits, int[] history)
    {
        var run = new SamplingRun(Vocabulary, 8, logits, [history]);
        foreach (Func<Sampler> of in Samplers)
        {
            Sampler sampler = of();
            int token = run.OnDevice(sampler).Tokens[0];
            Assert.Equal(-1, token);
            ulong upcoming = sampler.UpcomingDraw();
            Assert.Throws<ArgumentException>(() => sampler.Accept(token));
            Assert.Throws<ArgumentException>(() => run.OnHost(sampler));
            Assert.Equal(upcoming, sampler.UpcomingDraw());
        }
    }
}
