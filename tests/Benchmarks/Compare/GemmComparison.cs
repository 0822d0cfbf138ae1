using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Matrix products of training, packing included, as a share of the multiply-add peak that is measured between them.</summary>
internal sealed class GemmComparison : IComparison
{
    private const double Goal = 0.93;

    public string Name => "gemm";

    public bool KnowsThreadTime => true;

    /// <summary>The products of GPT-2 124M with B 4, T 64 (and its vocabulary), and of d 384 with B 4, T 256.</summary>
    public void Run(CompareContext context)
    {
        TimeSpan duration = context.Duration / 8;
        Shape<D768, D2304>(context, 256, duration);
        Shape<D768, D768>(context, 256, duration);
        Shape<D768, D3072>(context, 256, duration);
        Shape<D3072, D768>(context, 256, duration);
        Shape<D768, D50257>(context, 256, duration);
        Shape<D384, D1152>(context, 1024, duration);
        Shape<D384, D1536>(context, 1024, duration);
        Shape<D1536, D384>(context, 1024, duration);
    }

    private static void Shape<TK, TN>(CompareContext context, int rows, TimeSpan duration)
        where TK : struct, IDimension
        where TN : struct, IDimension
    {
        nint weights = (nint)(TN.Value + 15) / 16 * 16 * TK.Value;
        using NativeBuffer<float> x = Filled((nint)rows * TK.Value), y = Filled((nint)rows * TN.Value), weight = Filled(weights);
        using NativeBuffer<float> result = new(Math.Max(weights, (nint)rows * Math.Max(TN.Value, TK.Value)));
        using NativeBuffer<float> panels = new((nint)rows * TK.Value);
        Timing peak = new("measured FMA peak", () => MachineProbes.MultiplyAdds(context.Team));
        Timing[] products =
        [
            new("forward", () => Linear.Forward<TK, TN, Identity>(context.Team, x.Pointer, weight.Pointer, default, default, rows, result.Pointer)),
            new("input gradient", () => Linear.InputGradient<TK, TN>(context.Team, y.Pointer, weight.Pointer, default, rows, result.Pointer)),
            new("weight gradient", () =>
            {
                Linear.CopyToPanels<TK>(context.Team, x.Pointer, rows, panels.Pointer);
                Linear.WeightGradient<TK, TN>(context.Team, y.Pointer, panels.Pointer, default, rows, result.Pointer);
            }),
        ];
        Timing.Interleave([peak, .. products], duration);

        double ceiling = MachineProbes.FlopsOf(context.Team) / peak.Median / 1e9, work = 2e-9 * rows * TK.Value * TN.Value;
        foreach (Timing product in products)
            context.Add($"{rows} x {TN.Value} x {TK.Value}, {product.Name}", peak.Name, work / product.Median, ceiling, "GFLOP/s", Goal);
    }

    private static NativeBuffer<float> Filled(nint count)
    {
        NativeBuffer<float> buffer = new(count);
        Random random = new(1);
        foreach (ref float value in buffer.Span(0, (int)count)) value = random.NextSingle() - 0.5f;
        return buffer;
    }
}
