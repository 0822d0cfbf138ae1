using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

public class SamplerTests
{
    private const int Draws = 40_000;

    public static TheoryData<Sampler> Settings() =>
    [
        new Sampler(),
        new Sampler { Temperature = 0.5f },
        new Sampler { Temperature = 2 },
        new Sampler { TopK = 1 },
        new Sampler { TopK = 5 },
        new Sampler { TopK = 1000 },
        new Sampler { TopP = 0.0001f },
        new Sampler { TopP = 0.5f },
        new Sampler { TopP = 0.95f },
        new Sampler { MinP = 0.2f },
        new Sampler { MinP = 1 },
        new Sampler { TopK = 7, TopP = 0.8f },
        new Sampler { TopK = 12, TopP = 0.9f, MinP = 0.1f },
        new Sampler { RepetitionPenalty = 1.8f },
        new Sampler { RepetitionPenalty = 0.6f, RepetitionWindow = 3 },
        new Sampler { Temperature = 0.7f, TopK = 15, TopP = 0.85f, MinP = 0.02f, RepetitionPenalty = 1.3f, RepetitionWindow = 5, Seed = 7 },
    ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void DrawsFollowTheExactProbabilities(Sampler sampler)
    {
        var random = new Random(1);
        for (int round = 0; round < 3; round++)
        {
            float[] logits = Logits(random, 23);
            int[] history = [3, 7, 7, 1, 22, 0, 3];
            double[] expected = Reference(sampler, logits, history);
            var counts = new int[logits.Length];
            for (int i = 0; i < Draws; i++) counts[sampler.Sample(logits, history)]++;
            for (int token = 0; token < logits.Length; token++)
            {
                double deviation = Math.Sqrt(Draws * expected[token] * (1 - expected[token]));
                Assert.InRange(counts[token] - (Draws * expected[token]), -5 * deviation, 5 * deviation);
            }
        }
    }

    [Fact]
    public void EqualLogitsAreRankedByIndex()
    {
        float[] logits = [0, 2, 2, 2, 1];
        var twoBest = new Sampler { TopK = 2 };
        for (int i = 0; i < 100; i++) Assert.InRange(twoBest.Sample(logits), 1, 2);
        Assert.Equal(1, Sampler.Greedy.Sample(logits));
    }

    [Fact]
    public void GreedyTakesTheHighestOfEveryLength()
    {
        var random = new Random(5);
        for (int length = 1; length < 100; length++)
        {
            float[] logits = Logits(random, length);
            Assert.Equal(Array.IndexOf(logits, logits.Max()), Sampler.Greedy.Sample(logits));
            Assert.Equal(Array.IndexOf(logits, logits.Max()), new Sampler { TopK = 1 }.Sample(logits));
        }
    }

    [Fact]
    public void ExtremeTemperaturesAreSafe()
    {
        float[] logits = [-1e30f, 3e38f, -3e38f, float.NegativeInfinity];
        Assert.Equal(1, new Sampler { Temperature = 1e-40f }.Sample(logits));
        Assert.Equal(1, new Sampler { Temperature = 1e-40f, TopP = 0.5f }.Sample(logits));
        var flat = new Sampler { Temperature = float.MaxValue, TopK = 4 };
        for (int i = 0; i < 1000; i++) Assert.NotEqual(3, flat.Sample(logits));
    }

    [Fact]
    public void ExcludedTokensAreNeverDrawn()
    {
        float[] logits = [float.NegativeInfinity, 1, float.NegativeInfinity, 0];
        foreach (Sampler sampler in new[] { new Sampler(), new Sampler { TopK = 3 }, new Sampler { TopP = 0.999f } })
        {
            for (int i = 0; i < 1000; i++) Assert.True(sampler.Sample(logits) is 1 or 3);
        }
    }

    [Fact]
    public void TheSameSeedDrawsTheSameTokens()
    {
        float[] logits = Logits(new Random(2), 1000);
        int[] first = Draw(new Sampler { Seed = 11 });
        Assert.Equal(first, Draw(new Sampler { Seed = 11 }));
        Assert.NotEqual(first, Draw(new Sampler { Seed = 12 }));
        var sampler = new Sampler { Seed = 11 };
        Draw(sampler);
        sampler.Reset();
        Assert.Equal(first, Draw(sampler));

        int[] Draw(Sampler from)
        {
            var tokens = new int[50];
            for (int i = 0; i < tokens.Length; i++) tokens[i] = from.Sample(logits);
            return tokens;
        }
    }

    [Theory]
    [InlineData(float.NaN, "The logit of token 2 is NaN")]
    [InlineData(float.PositiveInfinity, "The logit of token 2 is")]
    public void UnusableLogitsAreNamed(float logit, string message)
    {
        float[] logits = [0, 1, logit, 3];
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new Sampler().Sample(logits)).Message);
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Sampler.Greedy.Sample(logits)).Message);
    }

    [Fact]
    public void NothingLeftToDrawIsAnError()
    {
        Assert.Throws<ArgumentException>(() => new Sampler().Sample([float.NegativeInfinity, float.NegativeInfinity]));
        Assert.Throws<ArgumentException>(() => new Sampler().Sample([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { RepetitionPenalty = 2 }.Sample([1, 2], [2]));
    }

    [Fact]
    public void SettingsAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { Temperature = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { Temperature = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { TopK = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { TopP = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { MinP = 1.5f });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { RepetitionPenalty = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { RepetitionWindow = -3 });
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void NothingIsAllocatedAfterTheFirstToken(Sampler sampler)
    {
        float[] logits = Logits(new Random(3), 5000);
        int[] history = [1, 2, 3];
        sampler.Sample(logits, history);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) sampler.Sample(logits, history);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TheGeneratorIsTheReferenceImplementation()
    {
        var generator = new PermutedCongruentialGenerator(seed: 42, stream: 54);
        uint[] expected = [0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e];
        foreach (uint value in expected) Assert.Equal(value, generator.NextUInt32());
    }

    /// <summary>The probabilities by the definitions, in double and with a full sort.</summary>
    private static double[] Reference(Sampler sampler, float[] logits, int[] history)
    {
        double[] scores = Array.ConvertAll(logits, logit => (double)logit);
        int window = sampler.RepetitionWindow == 0 ? history.Length : sampler.RepetitionWindow;
        foreach (int token in history.TakeLast(window).Distinct())
            scores[token] = scores[token] < 0 ? scores[token] * sampler.RepetitionPenalty : scores[token] / sampler.RepetitionPenalty;
        for (int i = 0; i < scores.Length; i++) scores[i] /= sampler.Temperature;

        int[] ranked = [.. Enumerable.Range(0, scores.Length).OrderByDescending(token => scores[token])];
        double[] probabilities = Softmax(scores, ranked);
        if (sampler.TopK > 0)
        {
            ranked = [.. ranked.Take(sampler.TopK)];
            probabilities = Softmax(scores, ranked);
        }

        if (sampler.TopP < 1)
        {
            int count = 1;
            while (count < ranked.Length && ranked.Take(count).Sum(token => probabilities[token]) < sampler.TopP) count++;
            ranked = [.. ranked.Take(count)];
            probabilities = Softmax(scores, ranked);
        }

        double threshold = sampler.MinP * probabilities[ranked[0]];
        return Softmax(scores, [.. ranked.Where(token => probabilities[token] >= threshold)]);
    }

    private static double[] Softmax(double[] scores, int[] kept)
    {
        var probabilities = new double[scores.Length];
        double total = kept.Sum(token => Math.Exp(scores[token] - scores[kept[0]]));
        foreach (int token in kept) probabilities[token] = Math.Exp(scores[token] - scores[kept[0]]) / total;
        return probabilities;
    }

    private static float[] Logits(Random random, int count)
    {
        var logits = new float[count];
        for (int i = 0; i < count; i++) logits[i] = (float)((random.NextDouble() - 0.5) * 8);
        return logits;
    }
}
