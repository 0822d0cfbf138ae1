using BenchmarkDotNet.Attributes;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Benchmarks;

/// <summary>The passes over memory after a gradient: its norm, and AdamW's step, for ten million parameters.</summary>
public class OptimizerBenchmarks : KernelBenchmarks
{
    private const int Count = 10_000_000;

    private static readonly AdamCoefficients _coefficients = new(0f, 0.9999f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-3f, 0.9f, 1e-8f);

    private readonly Pointer<float> _parameters, _gradient, _first, _second;

    public OptimizerBenchmarks() => (_parameters, _gradient, _first, _second) = (Values(Count), Values(Count), Values(Count), Filled(Count, () => 1e-3f));

    [Benchmark]
    public double Norm() => GradientNorm.SumOfSquares(Team, _gradient, Count);

    [Benchmark(Baseline = true)]
    public void AdamW() => OptimizerSteps.Adam(Team, new ScaledGradient(_gradient, 1f, float.PositiveInfinity), _coefficients, Count, _parameters, _first, _second);
}
