using System.Globalization;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Products of one row or a few with weights far larger than the caches, as a share of the best read bandwidth that is measured between them.</summary>
internal static class BandwidthReport
{
    private const int Layers = 24;

    public static void Run(ComputeTeam team, TimeSpan duration)
    {
        const int Layer = 3072 * 768;
        using NativeBuffer<float> weights = new((nint)Layers * 2 * Layer), x = new(8 * 3072), y = new(8 * 3072);
        weights.Span(0, (int)weights.Length).Fill(0.01f);
        x.Span(0, (int)x.Length).Fill(1f);
        Timing[] probes =
        [
            new("read, 1 stream", () => MachineProbes.Read(team, weights, 1)),
            new("read, 2 streams", () => MachineProbes.Read(team, weights, 2)),
            new("read, 4 streams", () => MachineProbes.Read(team, weights, 4)),
            new("read, 8 streams", () => MachineProbes.Read(team, weights, 8)),
        ];
        Timing[] sweeps = [Sweep(1), Sweep(2), Sweep(4), Sweep(8)];
        Timing.Interleave([.. probes, .. sweeps], duration);

        double bytes = weights.Length * (double)sizeof(float);
        double bestRead = bytes / probes.Min(probe => probe.Best), medianRead = bytes / probes.Min(probe => probe.Median);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{team.Threads} thread(s), {bytes / 1e6:F0} MB      best GB/s  of best    median GB/s  of best"));
        foreach (Timing timing in (Timing[])[.. probes, .. sweeps])
        {
            double best = bytes / timing.Best, median = bytes / timing.Median;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {timing.Name,-22} {best / 1e9,10:F1} {best / bestRead,8:P1} {median / 1e9,14:F1} {median / medianRead,8:P1}"));
        }

        Timing Sweep(int rows) => new($"layers, {rows} row(s)", () =>
        {
            for (int layer = 0; layer < Layers; layer++)
            {
                Linear.Forward<D768, D3072, Identity>(team, x.Pointer, weights.Pointer + 2 * layer * (nint)Layer, default, default, rows, y.Pointer);
                Linear.Forward<D3072, D768, Identity>(team, x.Pointer, weights.Pointer + (2 * layer + 1) * (nint)Layer, default, default, rows, y.Pointer);
            }
        });
    }
}
