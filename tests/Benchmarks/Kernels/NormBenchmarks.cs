using BenchmarkDotNet.Attributes;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Benchmarks;

/// <summary>LayerNorm over rows of 768, forward and backward.</summary>
public class NormBenchmarks : KernelBenchmarks
{
    private const int Rows = 512;

    private readonly Pointer<float> _x, _y, _weight, _bias, _mean, _deviation, _dx, _dWeight, _dBias;

    public NormBenchmarks()
    {
        (_x, _y, _dx) = (Values(Rows * 768), Values(Rows * 768), Values(Rows * 768));
        (_weight, _bias, _mean, _deviation, _dWeight, _dBias) = (Values(768), Values(768), Values(Rows), Values(Rows), Values(768), Values(768));
    }

    [Benchmark(Baseline = true)]
    public void Forward() => LayerNorm.Forward<D768>(Team, _x, _weight, _bias, 1e-5f, Rows, _y, _mean, _deviation);

    [Benchmark]
    public void InputGradient() => LayerNorm.InputGradient<D768>(Team, _y, _x, _weight, _mean, _deviation, default, Rows, _dx);

    [Benchmark]
    public void ParameterGradient() => LayerNorm.ParameterGradient<D768>(Team, _y, _x, _mean, _deviation, default, default, Rows, _dWeight, _dBias);
}
