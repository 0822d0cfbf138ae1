using Transformer.Compiled.Benchmarks.Formats;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Prompts of many lengths to <see cref="Llama110M"/>, beside the operations of its layers.</summary>
internal static class PrefillGrowth
{
    private const int MinimumRounds = 3;
    private static readonly int[] _lengths = [32, 64, 128, 256, 512, 1024, 2048];

    public static void Run(CompareContext context)
    {
        using Llama110M.Weights weights = Llama110M.Weights.Initialize(1);
        using var session = new Llama110M.Session(weights, context.Team);
        Timing[] timings = [.. _lengths.Select(length => Prefill(session, length))];
        Timing.Interleave(timings, context.Duration, MinimumRounds);
        context.Add(new GrowthCurve(
            "prefill, 110M Llama",
            "tokens",
            "GFLOP",
            "ms",
            context.Threads,
            [.. _lengths.Zip(timings, (length, timing) => new GrowthPoint(length, GigaFlops(Llama110M.Shape, length), timing.Median * 1e3))]));
    }

    private static Timing Prefill(IDecoderSession session, int length)
    {
        int[] prompt = [.. Enumerable.Range(0, length).Select(i => i * 31 % session.VocabularySize)];
        return new Timing("prefill", () =>
        {
            session.Reset();
            session.Prefill(prompt);
        });
    }

    /// <summary>Products with weights, attention to what came before, and the head for the last token.</summary>
    private static double GigaFlops(LlamaShape shape, int tokens)
    {
        double weights = shape.DModel * ((2.0 * shape.DModel) + (2.0 * shape.KeyValueDim) + (3.0 * shape.FeedForwardDim));
        double attention = shape.DModel * (tokens + 1.0);
        return 2e-9 * ((shape.Layers * tokens * (weights + attention)) + ((double)shape.VocabularySize * shape.DModel));
    }
}
