using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;

namespace Models.Tests;

/// <summary>Beam search over generated sessions, held to complete enumeration and to a search that computes every text from its beginning.</summary>
public sealed class BeamModelTests
{
    private const int End = 0;
    private static readonly int[] s_prompt = [1, 2, 2, 0, 1, 1];

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ThreeBeamsFindTheBestOfAllShortTexts(int seed)
    {
        using BeamModels.OneRow.Weights weights = Randomized(BeamModels.OneRow.Weights.Initialize(seed: 1), seed);
        using var one = new BeamModels.OneRow.Session(weights);
        List<(int[] Tokens, double Score)> texts = [];
        for (int first = 0; first < 3; first++)
        {
            if (first == End) texts.Add(([], LogProbability(one, [End])));
            else for (int second = 0; second < 3; second++) texts.Add((second == End ? [first] : [first, second], LogProbability(one, [first, second]) / 2));
        }

        using BeamModels.ThreeRows.Weights sameWeights = Randomized(BeamModels.ThreeRows.Weights.Initialize(seed: 1), seed);
        using var session = new BeamModels.ThreeRows.Session(sameWeights);
        var search = new BeamSearch(session, new BeamSearchOptions { StopTokens = [End], NewTokens = 2, Stopping = BeamStopping.Exhaustive });
        search.Search(s_prompt);
        (int[] tokens, double score) = texts.MaxBy(t => t.Score);
        Assert.Equal(tokens, search[0].Tokens);
        Assert.Equal(score, search[0].Score, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void BeamsThatShareCachesAreThoseComputedFromTheBeginning(int seed)
    {
        const int NewTokens = 25;
        using BeamModels.OneRow.Weights weights = Randomized(BeamModels.OneRow.Weights.Initialize(seed: 1), seed);
        using var one = new BeamModels.OneRow.Session(weights);
        List<(int[] Tokens, double Score)> beams = [([], 0)];
        for (int step = 0; step < NewTokens; step++)
        {
            beams = [.. beams
                .SelectMany(beam => Enumerable.Range(0, 3).Select(token => (int[])[.. beam.Tokens, token]))
                .Select(tokens => (tokens, LogProbability(one, tokens)))
                .OrderByDescending(beam => beam.Item2)
                .Take(3)];
        }

        using BeamModels.ThreeRows.Weights sameWeights = Randomized(BeamModels.ThreeRows.Weights.Initialize(seed: 1), seed);
        using var session = new BeamModels.ThreeRows.Session(sameWeights);
        var search = new BeamSearch(session, new BeamSearchOptions { NewTokens = NewTokens });
        search.Search(s_prompt);
        Assert.Equal(3, search.Count);
        for (int rank = 0; rank < 3; rank++)
        {
            Assert.Equal(beams[rank].Tokens, search[rank].Tokens);
            Assert.Equal(beams[rank].Score, search[rank].LogProbability, 1e-3);
        }
    }

    [Fact]
    public void OneBeamIsGreedyDecoding()
    {
        using BeamModels.OneRow.Weights weights = Randomized(BeamModels.OneRow.Weights.Initialize(seed: 1), 9);
        using var session = new BeamModels.OneRow.Session(weights);
        int[] greedy = [.. session.Generate(s_prompt, Sampler.Greedy)];
        session.Reset();
        var search = new BeamSearch(session);
        search.Search(s_prompt);
        Assert.Equal(greedy, search[0].Tokens);
    }

    [Fact]
    public void SearchingAllocatesNothing()
    {
        using BeamModels.ThreeRows.Weights weights = Randomized(BeamModels.ThreeRows.Weights.Initialize(seed: 1), 9);
        using var session = new BeamModels.ThreeRows.Session(weights);
        var search = new BeamSearch(session, new BeamSearchOptions { StopTokens = [End], MinimumNewTokens = 20 });
        search.Search(s_prompt);
        session.Reset();
        long before = GC.GetAllocatedBytesForCurrentThread();
        search.Search(s_prompt);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static double LogProbability(IDecoderSession session, int[] tokens)
    {
        session.Reset();
        session.Prefill(s_prompt);
        return session.Score(tokens).LogProbability;
    }

    private static T Randomized<T>(T weights, int seed)
        where T : ModelWeights
    {
        var random = new Random(seed);
        foreach (string name in weights.Names)
        {
            int count = 1;
            foreach (int dimension in weights.Shape(name)) count *= dimension;
            var values = new float[count];
            for (int i = 0; i < count; i++) values[i] = random.NextSingle() * 1.2f - 0.6f;
            weights.Import(name, values);
        }
        return weights;
    }
}
