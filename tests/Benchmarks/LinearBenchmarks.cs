using BenchmarkDotNet.Attributes;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Linear layers of 768 → 3072, forward and backward.</summary>
[MemoryDiagnoser]
public class LinearBenchmarks
{
    private readonly NativeBuffer<float> _x = new(512 * 768), _y = new(512 * 3072), _weight = new(3072 * 768), _gradient = new(3072 * 768), _panels = new(512 * 768);
    private ComputeTeam? _team;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params(1, 64, 512)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup() => _team = new ComputeTeam(Threads);

    [GlobalCleanup]
    public void Cleanup()
    {
        _team!.Dispose();
        _x.Dispose();
        _y.Dispose();
        _weight.Dispose();
        _gradient.Dispose();
        _panels.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Forward() => Linear.Forward<D768, D3072, Identity>(_team!, _x.Pointer, _weight.Pointer, default, default, Rows, _y.Pointer);

    [Benchmark]
    public void ForwardWithGelu() => Linear.Forward<D768, D3072, Gelu>(_team!, _x.Pointer, _weight.Pointer, default, default, Rows, _y.Pointer);

    [Benchmark]
    public void InputGradient() => Linear.InputGradient<D768, D3072>(_team!, _y.Pointer, _weight.Pointer, default, Rows, _x.Pointer);

    [Benchmark]
    public void WeightGradient()
    {
        Linear.CopyToPanels<D768>(_team!, _x.Pointer, Rows, _panels.Pointer);
        Linear.WeightGradient<D768, D3072>(_team!, _y.Pointer, _panels.Pointer, default, Rows, _gradient.Pointer);
    }
}
