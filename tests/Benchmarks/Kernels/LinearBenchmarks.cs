using BenchmarkDotNet.Attributes;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Linear layers of 768 → 3072, forward and backward.</summary>
public class LinearBenchmarks : KernelBenchmarks
{
    private readonly Pointer<float> _x, _y, _weight, _gradient, _panels;

    public LinearBenchmarks() =>
        (_x, _y, _weight, _gradient, _panels) = (Values(512 * 768), Values(512 * 3072), Values(3072 * 768), Values(3072 * 768), Values(512 * 768));

    [Params(1, 64, 512)]
    public int Rows { get; set; }

    [Benchmark(Baseline = true)]
    public void Forward() => Linear.Forward<D768, D3072, Identity>(Team, _x, _weight, default, default, Rows, _y);

    [Benchmark]
    public void ForwardWithGelu() => Linear.Forward<D768, D3072, Gelu>(Team, _x, _weight, default, default, Rows, _y);

    [Benchmark]
    public void InputGradient() => Linear.InputGradient<D768, D3072>(Team, _y, _weight, default, Rows, _x);

    [Benchmark]
    public void WeightGradient()
    {
        Linear.CopyToPanels<D768>(Team, _x, Rows, _panels);
        Linear.WeightGradient<D768, D3072>(Team, _y, _panels, default, Rows, _gradient);
    }
}
