using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>Causal attention, forward and backward. Operations are those of its two products, and of their four gradients and one repetition, with the keys that are seen.</summary>
internal static class AttentionMeasurements
{
    private const int ForwardProducts = 2, BackwardProducts = 5;

    public static void Run(DeviceClock clock, DevicePeaks? peaks, MeasurementTable table)
    {
        (int sequences, int heads, int dimensions, int length) = (clock.Sizes.Sequences, clock.Sizes.Heads, clock.Sizes.HeadDim, clock.Sizes.Length);
        var attention = new SequenceAttention(
            new AttentionShape(SpecOf(heads, dimensions), sequences, length), AttentionTermKinds.None, Reach: 0, DropoutRate: 0, AttentionBounds.None);
        long floats = (long)sequences * length * heads * dimensions, rows = (long)sequences * length * heads;
        using DeviceBuffers buffers = new DeviceBuffers(clock.Stream)
            .With("q", floats).With("k", floats).With("v", floats).With("o", floats).With("logNormalizers", rows)
            .With("dO", floats).With("dQ", floats).With("dK", floats).With("dV", floats).With("means", rows);
        using LoadedKernel forward = Load(FlashAttentionKernels.Forward(attention, LogNormalizers.Kept));
        using LoadedKernel means = Load(AttentionGradientKernels.Means(attention));
        using LoadedKernel queries = Load(AttentionGradientKernels.Queries(attention, WeightGradient.None, ScoreGradient.Dropped));
        using LoadedKernel keys = Load(AttentionGradientKernels.KeysAndValues(attention, WeightGradient.None));

        string work = $"attention {sequences} x {length}, {heads} heads of {dimensions}";
        double product = 2.0 * sequences * heads * dimensions * length * (length + 1) / 2;
        double seconds = clock.Kernels(forward.Launch);
        table.AddOperations($"{work}, forward", Precision.Float32, seconds, ForwardProducts * product, peaks);
        seconds = clock.Kernels(() =>
        {
            means.Launch();
            queries.Launch();
            keys.Launch();
        });
        table.AddOperations($"{work}, backward", Precision.Float32, seconds, BackwardProducts * product, peaks);

        LoadedKernel Load(PtxKernel kernel) => new(clock.Stream, kernel, buffers);
    }

    private static AttentionSpec SpecOf(int heads, int dimensions) => new()
    {
        Heads = heads,
        KeyValueHeads = heads,
        HeadDim = dimensions,
        ValueHeadDim = dimensions,
        QueryBias = false,
        KeyBias = false,
        ValueBias = false,
        OutputBias = false,
        QueryKeyNorm = false,
        Causal = true,
        SlidingWindow = 0,
        Scale = 1 / MathF.Sqrt(dimensions),
    };
}
