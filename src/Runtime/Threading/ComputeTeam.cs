namespace Transformer.Compiled.Threading;

/// <summary>
/// A group of threads that kernels split their tiles over. Tiles do not depend on the number of threads, so results are
/// bitwise equal for any team. One caller at a time; the caller works too.
/// </summary>
public sealed unsafe class ComputeTeam : IDisposable
{
    /// <summary>Floats of 64-byte-aligned scratch that each worker hands to the tasks it runs.</summary>
    internal const int ScratchFloats = 256 * 1024;

    private readonly float* _scratch;

    /// <summary>A team of <paramref name="threads"/> threads, the caller included.</summary>
    public ComputeTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
        _scratch = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(ScratchFloats * sizeof(float), 64);
    }

    /// <summary>The process's own team, one thread for each processor; made on first use, never disposed.</summary>
    public static ComputeTeam Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>The number of threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs tasks 0 … tasks − 1, each once, in any order on any thread, and returns when all are done.</summary>
    /// <param name="job">Called as (context, task, scratch); scratch is <see cref="ScratchFloats"/> floats of the thread's own.</param>
    internal void Run(delegate*<void*, int, float*, void> job, void* context, int tasks)
    {
        for (int task = 0; task < tasks; task++) job(context, task, _scratch);
    }

    public void Dispose() => System.Runtime.InteropServices.NativeMemory.AlignedFree(_scratch);
}
