using BenchmarkDotNet.Attributes;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Benchmarks of kernels on a team, with the memory that they use. BenchmarkDotNet's <c>--disasm</c> shows their machine code.</summary>
[MemoryDiagnoser]
public abstract class KernelBenchmarks
{
    private readonly List<NativeBuffer<float>> _buffers = [];
    private ComputeTeam? _team;

    [Params(1, 2)]
    public int Threads { get; set; }

    private protected ComputeTeam Team => _team!;

    [GlobalSetup]
    public void Setup() => _team = new ComputeTeam(Threads);

    [GlobalCleanup]
    public void Cleanup()
    {
        _team!.Dispose();
        foreach (NativeBuffer<float> buffer in _buffers) buffer.Dispose();
    }

    /// <summary>Values in [−0.5, 0.5).</summary>
    private protected Pointer<float> Values(int count)
    {
        Random random = new(count);
        return Filled(count, () => random.NextSingle() - 0.5f);
    }

    private protected Pointer<float> Filled(int count, Func<float> next)
    {
        NativeBuffer<float> buffer = new(count);
        foreach (ref float value in buffer.Span(0, count)) value = next();
        _buffers.Add(buffer);
        return buffer.Pointer;
    }
}
