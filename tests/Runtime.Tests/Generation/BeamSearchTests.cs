using Runtime.Tests.Checkpoints;
using Transformer.Compiled;
using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

public class BeamSearchTests
{
    private const int End = 0;

    public static TheoryData<BeamSearchOptions> Options() =>
    [
        new BeamSearchOptions { StopTokens = [End] },
        new BeamSearchOptions { StopTokens = [End], LengthPenalty = 0 },
        new BeamSearchOptions { StopTokens = [End], LengthPenalty = 2.5 },
        new BeamSearchOptions { StopTokens = [End], LengthPenalty = -1 },
        new BeamSearchOptions { StopTokens = [End], LengthPenalty = 0.6, Normalization = LengthNormalization.Wu },
        new BeamSearchOptions { StopTokens = [End], MinimumNewTokens = 3 },
        new BeamSearchOptions { StopTokens = [End, 2] },
        new BeamSearchOptions { StopTokens = [End], ForcedTokens = [1, 1] },
        new BeamSearchOptions { StopTokens = [End], ForcedTokens = [1, 1, 1], LengthPenalty = 2, MinimumNewTokens = 2, NoRepeatNGram = 1 },
        new BeamSearchOptions { StopTokens = [End], ForcedTokens = [1, End] },
        new BeamSearchOptions { StopTokens = [End], ForcedTokens = [1, 2, 1, 2, 1], ForcedEndToken = End, LengthPenalty = 0 },
        new BeamSearchOptions { StopTokens = [End], NoRepeatNGram = 1, LengthPenalty = 2 },
        new BeamSearchOptions { StopTokens = [End], NoRepeatNGram = 2, LengthPenalty = 2 },
        new BeamSearchOptions { StopTokens = [End], ForcedEndToken = End },
        new BeamSearchOptions { StopTokens = [End], ForcedEndToken = End, LengthPenalty = 2, MinimumNewTokens = 9, NoRepeatNGram = 2 },
        new BeamSearchOptions { StopTokens = [End], ForcedEndToken = 2 },
        new BeamSearchOptions(),
    ];

    [Theory]
    [MemberData(nameof(Options))]
    public void WideSearchFindsTheBestOfAllTexts(BeamSearchOptions options)
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        for (uint seed = 1; seed <= 20; seed++)
        {
            using var session = new TableSession(weights, vocabulary: 3, context: 12, batch: 81, seed);
            var search = new BeamSearch(session, options with { NewTokens = 4, Stopping = BeamStopping.Exhaustive });
            search.Search([2, 1]);
            (int[] Tokens, double Score, double LogProbability)[] expected = [.. new BeamEnumeration(seed, 3, options, [2, 1], 4).Texts.OrderByDescending(t => t.Score)];
            Assert.Equal(expected.Length, search.Count);
            for (int rank = 0; rank < expected.Length; rank++)
            {
                Assert.Equal(expected[rank].Score, search[rank].Score, 1e-5);
                Assert.Equal(expected[rank].LogProbability, search[rank].LogProbability, 1e-4);
            }
            Assert.Equal(expected[0].Tokens, search[0].Tokens);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-2)]
    public void OneBeamIsGreedyDecoding(double lengthPenalty)
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        for (uint seed = 1; seed <= 50; seed++)
        {
            using var session = new TableSession(weights, vocabulary: 11, context: 20, batch: 1, seed);
            var options = new BeamSearchOptions { StopTokens = [End], LengthPenalty = lengthPenalty };
            int[] greedy = [.. session.Generate([3], Sampler.Greedy, options)];
            session.Reset();
            var search = new BeamSearch(session, options);
            search.Search([3]);
            Assert.Equal(1, search.Count);
            Assert.Equal(greedy, search[0].Tokens);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void FewerBeamsThanRowsFindWhatASessionOfSoManyRowsFinds(int beams)
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        for (uint seed = 1; seed <= 20; seed++)
        {
            using var narrow = new TableSession(weights, vocabulary: 7, context: 20, beams, seed);
            using var wide = new TableSession(weights, vocabulary: 7, context: 20, batch: 5, seed);
            var expected = new BeamSearch(narrow, new BeamSearchOptions { StopTokens = [End] });
            var search = new BeamSearch(wide, new BeamSearchOptions { StopTokens = [End], Beams = beams });
            expected.Search([3]);
            search.Search([3]);
            Assert.Equal(expected.Count, search.Count);
            for (int rank = 0; rank < search.Count; rank++)
            {
                Assert.Equal(expected[rank].Tokens, search[rank].Tokens);
                Assert.Equal(expected[rank].Score, search[rank].Score);
            }
        }
    }

    [Fact]
    public void TheForcedEndTokenCostsNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 5, context: 8, batch: 2);
        var options = new BeamSearchOptions { StopTokens = [End], ForcedEndToken = End, NewTokens = 1 };
        var search = new BeamSearch(session, options);
        search.Search([1]);
        Assert.Equal((1, 0, 0.0), (search.Count, search[0].Tokens.Length, search[0].LogProbability));
        session.Reset();
        search = new BeamSearch(session, options with { NewTokens = 3, MinimumNewTokens = 3 });
        search.Search([1]);
        Assert.Equal((2, 2), (search.Count, search[0].Tokens.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(session, new BeamSearchOptions { ForcedEndToken = 5 }));
    }

    /// <summary>What is forced is a part of the prompt as far as log-probabilities go, and a part of the text as far as its length does.</summary>
    [Fact]
    public void ForcedTokensCostNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        for (uint seed = 1; seed <= 20; seed++)
        {
            using var session = new TableSession(weights, vocabulary: 7, context: 20, batch: 3, seed);
            var forcing = new BeamSearch(session, new BeamSearchOptions { StopTokens = [End], ForcedTokens = [4, 2], NewTokens = 7, LengthPenalty = 0 });
            forcing.Search([3]);
            using var other = new TableSession(weights, vocabulary: 7, context: 20, batch: 3, seed);
            var prompted = new BeamSearch(other, new BeamSearchOptions { StopTokens = [End], NewTokens = 5, LengthPenalty = 0 });
            prompted.Search([3, 4, 2]);
            Assert.Equal(prompted.Count, forcing.Count);
            for (int rank = 0; rank < prompted.Count; rank++)
            {
                Assert.Equal([4, 2, .. prompted[rank].Tokens], forcing[rank].Tokens);
                Assert.Equal(prompted[rank].LogProbability, forcing[rank].LogProbability);
            }
        }
    }

    [Fact]
    public void TheStartTokenBeginsAnEmptyCacheOnly()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 11, context: 20, batch: 2);
        var search = new BeamSearch(session, new BeamSearchOptions { StartToken = 7, NewTokens = 3 });
        search.Search([]);
        Assert.Equal([7], session.HistoryOf(0)[..1]);
        session.Reset();
        session.Prefill(0, [5]);
        search.Search([6]);
        Assert.Equal([5, 6], session.HistoryOf(1)[..2]);
        Assert.Equal(3, search[0].Tokens.Length);
        session.Reset();
        Assert.Throws<ArgumentException>(() => new BeamSearch(session).Search([]));
    }

    [Theory]
    [InlineData(BeamStopping.Immediate)]
    [InlineData(BeamStopping.Heuristic)]
    [InlineData(BeamStopping.Exhaustive)]
    public void LaterStoppingNeverFindsWorse(BeamStopping stopping)
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        for (uint seed = 1; seed <= 30; seed++)
        {
            var options = new BeamSearchOptions { StopTokens = [End], LengthPenalty = 1.5, Stopping = stopping };
            double score = Best(weights, seed, options);
            double immediate = Best(weights, seed, options with { Stopping = BeamStopping.Immediate });
            double exhaustive = Best(weights, seed, options with { Stopping = BeamStopping.Exhaustive });
            Assert.InRange(score, immediate, exhaustive);
        }
    }

    [Fact]
    public void TheContextEndsTheSearch()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 5, context: 8, batch: 3);
        var search = new BeamSearch(session);
        search.Search([1, 2]);
        Assert.Equal((3, 6), (search.Count, search[2].Tokens.Length));
        session.Reset();
        search.Search([1, 2, 3, 4, 1, 2, 3, 4]);
        Assert.Equal(0, search.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => search[0].Score);
        session.Reset();
        search = new BeamSearch(session, new BeamSearchOptions { MaximumLength = 4 });
        search.Search([1, 2]);
        Assert.Equal(2, search[0].Tokens.Length);
    }

    [Fact]
    public void ABeamWithoutContinuationIsDropped()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 3, context: 8, batch: 3);
        var search = new BeamSearch(session, new BeamSearchOptions { NoRepeatNGram = 1 });
        search.Search([1]);
        Assert.Equal(0, search.Count);
    }

    [Fact]
    public void OptionsOutsideTheirRangesAreRefused()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 3, context: 8, batch: 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(session, new BeamSearchOptions { StopTokens = [3] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(session, new BeamSearchOptions { ForcedTokens = [1, -1] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(session, new BeamSearchOptions { StartToken = 4 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(session, new BeamSearchOptions { Beams = 4 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearchOptions { Beams = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearchOptions { NoRepeatNGram = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearchOptions { LengthPenalty = double.NaN });
    }

    [Fact]
    public void SearchingAllocatesNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 50, context: 60, batch: 4);
        var search = new BeamSearch(session, new BeamSearchOptions { StopTokens = [End, 1], NoRepeatNGram = 3, StartToken = 4, ForcedTokens = [6] });
        int[] prompt = [2, 3];
        search.Search(prompt);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            session.Reset();
            search.Search(prompt);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static double Best(TestWeights weights, uint seed, BeamSearchOptions options)
    {
        using var session = new TableSession(weights, vocabulary: 6, context: 16, batch: 3, seed);
        var search = new BeamSearch(session, options);
        search.Search([1]);
        return search[0].Score;
    }
}
