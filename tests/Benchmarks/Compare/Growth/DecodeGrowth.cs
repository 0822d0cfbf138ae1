namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>A token of <see cref="Llama110M"/> after contexts of many lengths, beside the weights and the cache that it reads.</summary>
internal static class DecodeGrowth
{
    private const int Tokens = 16, MinimumRounds = 3;
    private static readonly int[] _contexts = [64, 128, 256, 512, 1024, Llama110M.ContextLength - Tokens];

    public static void Run(CompareContext context)
    {
        using Llama110M.Weights weights = Llama110M.Weights.Initialize(1);
        using var session = new Llama110M.Session(weights, context.Team);
        Timing[] timings = [.. _contexts.Select(length => new Timing("decode", () => SecondsPerToken(session, length)))];
        Timing.Interleave(timings, context.Duration, MinimumRounds);

        double weightBytes = (double)weights.Layout.Floats * sizeof(float);
        double positionBytes = 2.0 * Llama110M.Layers * Llama110M.Shape.KeyValueDim * sizeof(float);
        context.Add(new GrowthCurve(
            "decode a token, 110M Llama",
            "context",
            "GB",
            "ms",
            context.Threads,
            [.. _contexts.Zip(timings, (length, timing) => new GrowthPoint(length, 1e-9 * (weightBytes + (length * positionBytes)), timing.Median * 1e3))]));
    }

    /// <summary>Fills the cache, unless it holds no more than the length: then from where it stands. Only decoding is timed.</summary>
    private static double SecondsPerToken(IDecoderSession session, int length)
    {
        if (session.Position > length) session.Reset();
        session.Prefill([.. Enumerable.Range(session.Position, length - session.Position).Select(i => i * 31 % session.VocabularySize)]);
        long start = Timing.Clock();
        for (int i = 0; i < Tokens; i++) session.Decode(i);
        return (Timing.Clock() - start) * 1e-9 / Tokens;
    }
}
