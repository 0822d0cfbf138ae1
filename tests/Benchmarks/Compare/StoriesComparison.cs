using Transformer.Compiled.Benchmarks.Formats;
using Transformer.Compiled.Generation;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>
/// The TinyStories model of 260,000 parameters, whose weights fit into the caches, on one thread: one story, and many side by side, which
/// llama2.c writes one after the other.
/// </summary>
internal sealed class StoriesComparison : IComparison
{
    private const int Tokens = 256, MinimumRounds = 20;

    private const string Folder = "tinystories-260k";

    public string Name => "stories";

    public void Run(CompareContext context)
    {
        if (context.Threads != 1) return;
        string? data = Environment.GetEnvironmentVariable("TRANSFORMER_COMPILED_DATA");
        if (data is null || !Directory.Exists(Path.Combine(data, Folder)))
        {
            context.Missing("TinyStories", $"name the folder of {Folder} with TRANSFORMER_COMPILED_DATA");
            return;
        }
        string folder = Path.Combine(data, Folder);
        using Stories260K.Weights weights = Stories260K.Weights.Load(folder);
        using var one = new Stories260K.Session(weights, context.Team);
        using Stories260KRows.Weights rowWeights = Stories260KRows.Weights.Load(folder);
        using var many = new Stories260KRows.Session(rowWeights, context.Team);
        LlamaPeers peers = new(context, Folder, new LlamaTensors(weights, Stories260K.Shape), one);
        if (peers.Llama2cDecoding(Tokens) is not { } there) return;
        CheckRows(one, many);

        Timing single = new("one", () => GreedyDecoding.SecondsPerToken(one, Tokens));
        Timing rows = new("many", () => SecondsPerToken(many));
        Timing.Interleave([single, rows, there], context.Duration, MinimumRounds);
        context.Add($"decode, 260K Llama, {Tokens} tokens, 1 sequence", there.Name, 1 / single.Median, 1 / there.Median, "tokens/s", goal: null);
        context.Add($"decode, 260K Llama, {Tokens} tokens, {many.Batch} sequences", there.Name, 1 / rows.Median, 1 / there.Median, "tokens/s", goal: 3);
    }

    /// <summary>The first tokens of each row's story: the start token, and one of which every row has another.</summary>
    private static int[] Openings(IDecoderSession session) => [.. Enumerable.Range(0, session.Batch).Select(row => 260 + row)];

    private static void CheckRows(IDecoderSession one, IDecoderSession many)
    {
        int[][] stories = [.. Openings(many).Select(_ => new int[Tokens])];
        Write(many, (row, step, token) => stories[row][step] = token);
        int[] openings = Openings(many);
        for (int row = 0; row < many.Batch; row++)
        {
            one.Reset();
            one.Decode(LlamaTensors.Beginning);
            int token = openings[row];
            for (int step = 1; step < Tokens; step++)
            {
                token = one.Next(token, Sampler.Greedy);
                if (token != stories[row][step])
                    throw new InvalidOperationException($"Story {row} goes on with token {stories[row][step]} among others, with {token} alone, at {step}.");
            }
        }
    }

    private static double SecondsPerToken(IDecoderSession session)
    {
        long start = Timing.Clock();
        Write(session, (_, _, _) => { });
        return (Timing.Clock() - start) * 1e-9 / (session.Batch * Tokens);
    }

    /// <summary>Writes a story into each row, greedily, and shows each token as (row, step, token).</summary>
    private static void Write(IDecoderSession session, Action<int, int, int> show)
    {
        session.Reset();
        int[] tokens = new int[session.Batch];
        Array.Fill(tokens, LlamaTensors.Beginning);
        session.Decode(tokens);
        Openings(session).CopyTo(tokens, 0);
        for (int step = 1; step < Tokens; step++)
        {
            session.Decode(tokens);
            for (int row = 0; row < tokens.Length; row++)
            {
                tokens[row] = Sampler.Greedy.Sample(session.LogitsOf(row), session.HistoryOf(row));
                show(row, step, tokens[row]);
            }
        }
    }
}
