using Transformer.Compiled.Models.Answers;

namespace Models.Tests.Programs;

public sealed class AnswerSpanTests
{
    [Fact]
    public void TheBestPairWithinTheContextIsFound()
    {
        float[] starts = [9, 1, 5, 2, 4, 9];
        float[] ends = [9, 8, 1, 3, 2, 9];
        Assert.Equal(new AnswerSpan(1, 1, 9), AnswerSpan.Best(starts, ends, 1..5, longest: 3));
        Assert.Equal(new AnswerSpan(2, 3, 8), AnswerSpan.Best(starts, ends, 2..5, longest: 3));
        Assert.Equal(new AnswerSpan(2, 2, 6), AnswerSpan.Best(starts, ends, 2..5, longest: 1));
    }

    [Fact]
    public void AnEndBeforeTheStartIsNone() => Assert.Equal(new AnswerSpan(0, 0, 2), AnswerSpan.Best([1, 5], [1, -9], 0..2, longest: 2));

    [Fact]
    public void AnEmptyContextHasNone() => Assert.Null(AnswerSpan.Best([1, 2], [1, 2], 1..1, longest: 2));

    [Fact]
    public void EveryPairIsLookedAt()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            int count = random.Next(1, 12);
            float[] starts = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
            float[] ends = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
            int longest = random.Next(1, 6);
            double best = Enumerable.Range(0, count)
                .SelectMany(first => Enumerable.Range(first, Math.Min(longest, count - first)).Select(last => (double)starts[first] + ends[last]))
                .Max();
            Assert.Equal(best, AnswerSpan.Best(starts, ends, .., longest)!.Value.Score);
        }
    }
}
