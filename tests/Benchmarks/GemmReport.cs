using System.Globalization;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Matrix products, packing included, as a share of the multiply-add peak that is measured between them.</summary>
internal static class GemmReport
{
    public static void Run(ComputeTeam team, TimeSpan duration)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{team.Threads} thread(s)     best GFLOP/s  of peak    median GFLOP/s  of peak"));
        Shape<D768, D3072>(team, 512, duration);
        Shape<D384, D1536>(team, 256, duration);
        Shape<D1536, D384>(team, 256, duration);
        Shape<D1024, D1024>(team, 1024, duration);
    }

    private static void Shape<TK, TN>(ComputeTeam team, int rows, TimeSpan duration)
        where TK : struct, IDimension
        where TN : struct, IDimension
    {
        using NativeBuffer<float> x = Filled((nint)rows * TK.Value), y = Filled((nint)rows * TN.Value), weight = Filled((nint)TK.Value * TN.Value), result = new((nint)Math.Max(TK.Value, rows) * Math.Max(TN.Value, TK.Value));
        Timing peak = new("peak", () => MachineProbes.MultiplyAdds(team));
        Timing forward = new("forward", () => Linear.Forward<TK, TN, Identity>(team, x.Pointer, weight.Pointer, default, default, rows, result.Pointer));
        Timing input = new("input gradient", () => Linear.InputGradient<TK, TN>(team, y.Pointer, weight.Pointer, default, rows, result.Pointer));
        Timing gradient = new("weight gradient", () => Linear.WeightGradient<TK, TN>(team, y.Pointer, x.Pointer, default, rows, result.Pointer));
        Timing.Interleave([peak, forward, input, gradient], duration);

        Console.WriteLine($"{rows} x {TN.Value} x {TK.Value}");
        double peakFlops = MachineProbes.FlopsOf(team);
        double flops = 2.0 * rows * TK.Value * TN.Value;
        foreach (Timing timing in (Timing[])[peak, forward, input, gradient])
        {
            double work = timing == peak ? peakFlops : flops;
            double best = work / timing.Best, median = work / timing.Median;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {timing.Name,-16} {best / 1e9,12:F1} {best / (peakFlops / peak.Best),8:P1} {median / 1e9,17:F1} {median / (peakFlops / peak.Median),8:P1}"));
        }
    }

    private static NativeBuffer<float> Filled(nint count)
    {
        NativeBuffer<float> buffer = new(count);
        Span<float> span = buffer.Span(0, (int)count);
        Random random = new(1);
        for (int i = 0; i < span.Length; i++) span[i] = random.NextSingle() - 0.5f;
        return buffer;
    }
}
