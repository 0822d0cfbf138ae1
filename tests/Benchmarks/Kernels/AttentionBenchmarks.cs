using BenchmarkDotNet.Attributes;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Attention of 12 heads of 64 over one sequence, forward and backward.</summary>
public class AttentionBenchmarks : KernelBenchmarks
{
    private const int Longest = 512, Width = 768;
    private const float Scale = 0.125f;

    private readonly Pointer<float> _q, _k, _v, _o, _logNormalizers, _dO, _dQ, _dK, _dV;

    public AttentionBenchmarks()
    {
        (_q, _k, _v, _o, _dO) = (Rows(), Rows(), Rows(), Rows(), Rows());
        (_dQ, _dK, _dV, _logNormalizers) = (Rows(), Rows(), Rows(), Values(12 * Longest));
        Pointer<float> Rows() => Values(Longest * Width);
    }

    [Params(128, Longest)]
    public int Tokens { get; set; }

    [Params(false, true)]
    public bool Causal { get; set; }

    [Benchmark(Baseline = true)]
    public void Forward() => Attention.Forward<D12, D12, D64, D64>(
        Team, _q, _k, _v, Scale, new AttentionMask(Causal, 0), 0f, default, 0, sequences: 1, Tokens, Tokens, _o, _logNormalizers);

    [Benchmark]
    public void Gradient() => Attention.Gradient<D12, D12, D64, D64>(
        Team, _dO, _q, _k, _v, _o, _logNormalizers, Scale, new AttentionMask(Causal, 0), 0f, default, 0, sequences: 1, Tokens, Tokens, _dQ, _dK, _dV);
}
