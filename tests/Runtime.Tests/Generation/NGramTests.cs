using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

public class NGramTests
{
    [Fact]
    public void ExcludedTokensAreThoseThatRepeatAnNGram()
    {
        var random = new Random(5);
        for (int round = 0; round < 500; round++)
        {
            int size = 1 + round % 4;
            int[] history = [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4))];
            var scores = new float[4];
            NGrams.Exclude(scores, history, size);
            for (int token = 0; token < 4; token++) Assert.Equal(Repeats([.. history, token], size), float.IsNegativeInfinity(scores[token]));
        }
    }

    [Fact]
    public void SampledTextsRepeatNone()
    {
        var sampler = new Sampler { NoRepeatNGram = 2 };
        var history = new List<int> { 1 };
        float[] logits = [0, 5, 1, 2, 0, 1, 0, 4, 3, 1];
        while (history.Count < 15) history.Add(sampler.Sample(logits, [.. history]));
        for (int length = 2; length <= history.Count; length++) Assert.False(Repeats([.. history.Take(length)], 2));
    }

    [Fact]
    public void TheRepetitionWindowDoesNotHideNGrams()
    {
        var sampler = new Sampler { Temperature = 0, NoRepeatNGram = 2, RepetitionPenalty = 1.1f, RepetitionWindow = 1 };
        Assert.Equal(2, sampler.Sample([0, 5, 4], [0, 1, 2, 2, 0]));
    }

    [Fact]
    public void NothingIsLeftWhenEveryTokenRepeats()
    {
        var sampler = new Sampler { NoRepeatNGram = 1 };
        Assert.Throws<ArgumentException>(() => sampler.Sample([0, 1], [1, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler { NoRepeatNGram = -1 });
    }

    /// <summary>Whether the last n-gram of the text stands in it before.</summary>
    private static bool Repeats(int[] text, int size)
    {
        for (int start = 0; start + size < text.Length; start++)
        {
            if (text.AsSpan(start, size).SequenceEqual(text.AsSpan(text.Length - size))) return true;
        }
        return false;
    }
}
