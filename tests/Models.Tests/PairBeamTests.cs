using Transformer.Compiled;
using Transformer.Compiled.Generation;

namespace Models.Tests;

/// <summary>Generation from a source: beam search against complete enumeration, and rows that keep, share and exchange their sources.</summary>
public sealed class PairBeamTests
{
    private const int End = 0, NewTokens = 4;
    private static readonly int[] s_source = [4, 1, 3, 0, 2], s_mask = [1, 1, 0, 1, 1], s_prompt = [1];
    private static readonly int[][] s_sources = [[4, 1, 3, 0, 2], [2], [3, 3, 1, 0, 0, 4, 2]];

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5];

    /// <summary>With 24 beams no text of up to four tokens is ever dropped: eight go on after three steps, with three candidates each.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void EnoughBeamsFindTheBestOfAllTexts(int seed)
    {
        using PairBeamModels.OneRow.Weights weights = OddWeights.Randomized(PairBeamModels.OneRow.Weights.Initialize(1), seed);
        using var one = new PairBeamModels.OneRow.Session(weights);
        one.Encode(s_source, s_mask);
        (int[] best, double score) = Texts([]).Select(text => (text, LogProbability(one, text) / text.Length)).MaxBy(text => text.Item2);

        using PairBeamModels.ManyRows.Weights sameWeights = OddWeights.Randomized(PairBeamModels.ManyRows.Weights.Initialize(1), seed);
        using var session = new PairBeamModels.ManyRows.Session(sameWeights);
        var search = new BeamSearch(session, new BeamSearchOptions { StopTokens = [End], NewTokens = NewTokens, Stopping = BeamStopping.Exhaustive });
        session.Encode(0, s_source, s_mask);
        search.Search(s_prompt);
        Assert.Equal(best[^1] == End ? best[..^1] : best, search[0].Tokens);
        Assert.Equal(score, search[0].Score, 1e-4);
        for (int row = 0; row < session.Batch; row++) Assert.Equal(s_source, session.SourceOf(row).ToArray());
    }

    [Fact]
    public void OneBeamIsGreedyDecodingAndResetKeepsTheSource()
    {
        using PairBeamModels.OneRow.Weights weights = OddWeights.Randomized(PairBeamModels.OneRow.Weights.Initialize(1), 9);
        using var session = new PairBeamModels.OneRow.Session(weights);
        session.Encode(s_source);
        int[] greedy = [.. session.Generate(s_prompt, Sampler.Greedy)];
        session.Reset();
        Assert.Equal(s_source, session.SourceOf(0).ToArray());
        var search = new BeamSearch(session);
        search.Search(s_prompt);
        Assert.Equal(greedy, search[0].Tokens);
        session.Reset();
        int[] again = [.. session.Generate(s_prompt, Sampler.Greedy)];
        Assert.Equal(greedy, again);
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(0, 0, 1)]
    public void RowsCarryTheirSourcesAndTokens(int first, int second, int third)
    {
        int[] parents = [first, second, third];
        int[][] tokens = [[1, 2, 2], [2, 0], [0, 1, 1, 2]];
        using PairBeamModels.ThreeRows.Weights weights = OddWeights.Randomized(PairBeamModels.ThreeRows.Weights.Initialize(1), 4);
        using var session = new PairBeamModels.ThreeRows.Session(weights);
        for (int row = 0; row < 3; row++)
        {
            session.Encode(row, s_sources[row]);
            session.Prefill(row, tokens[row]);
        }
        session.ReorderCache(parents);
        AssertRows(session, parents, [.. parents.Select(parent => tokens[parent])]);
        session.ReorderCache([2, 0, 1]);
        AssertRows(session, [third, first, second], [.. new[] { third, first, second }.Select(parent => (int[])[.. tokens[parent], 1])]);
        session.Reset();
        AssertRows(session, [third, first, second], [[], [], []]);
    }

    [Fact]
    public void BroadcastGivesAllRowsOneSource()
    {
        using PairBeamModels.ThreeRows.Weights weights = OddWeights.Randomized(PairBeamModels.ThreeRows.Weights.Initialize(1), 4);
        using var session = new PairBeamModels.ThreeRows.Session(weights);
        session.Encode(1, s_sources[2]);
        session.Prefill(1, [2, 1]);
        session.Broadcast(1);
        AssertRows(session, [2, 2, 2], [[2, 1], [2, 1], [2, 1]]);
        session.Encode(0, s_sources[1]);
        session.Prefill(0, [0]);
        AssertRows(session, [1, 2, 2], [[0], [2, 1, 1], [2, 1, 1]]);
        session.ReorderCache([2, 1, 0]);
        session.Reset(1);
        AssertRows(session, [2, 2, 1], [[2, 1, 1, 1], [], [0, 1]]);
    }

    /// <summary>Decodes token 1 in every row, and compares with sessions of one row that were given the same source and tokens.</summary>
    private static void AssertRows(PairBeamModels.ThreeRows.Session session, int[] sources, int[][] tokens)
    {
        using PairBeamModels.OneRow.Weights weights = OddWeights.Randomized(PairBeamModels.OneRow.Weights.Initialize(1), 4);
        using var one = new PairBeamModels.OneRow.Session(weights);
        session.Decode([1, 1, 1]);
        for (int row = 0; row < 3; row++)
        {
            one.Encode(s_sources[sources[row]]);
            if (tokens[row].Length > 0) one.Prefill(tokens[row]);
            one.Decode(1);
            Assert.Equal(s_sources[sources[row]], session.SourceOf(row).ToArray());
            Agreement.Values($"row {row}", one.Logits, session.LogitsOf(row));
        }
    }

    /// <summary>All texts that end, or have all tokens that a search may take.</summary>
    private static IEnumerable<int[]> Texts(int[] begin) => Enumerable.Range(0, 3).SelectMany(token =>
        token == End || begin.Length + 1 == NewTokens ? [[.. begin, token]] : Texts([.. begin, token]));

    private static double LogProbability(IEncoderDecoderSession session, int[] tokens)
    {
        session.Reset();
        session.Prefill(s_prompt);
        return session.Score(tokens).LogProbability;
    }
}
