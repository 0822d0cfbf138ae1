using System.Numerics;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Threading;

/// <summary>The processors that a thread may use, and the one it runs on (Linux; elsewhere nothing is known and nothing happens).</summary>
internal static unsafe partial class ProcessorAffinity
{
    private const int MaskWords = 128;

    /// <summary>The processor that the current thread runs on; −1 where that is not known.</summary>
    public static int Current => OperatingSystem.IsLinux() ? GetProcessor() : -1;

    /// <summary>The processors that the current thread may use, in rising order; none where that is not known.</summary>
    public static int[] Allowed()
    {
        if (!OperatingSystem.IsLinux()) return [];

        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        if (GetAffinity(0, MaskWords * sizeof(ulong), mask) < 0) return [];

        List<int> processors = [];
        for (int word = 0; word < MaskWords; word++)
        {
            for (ulong left = mask[word]; left != 0; left &= left - 1) processors.Add(word * 64 + BitOperations.TrailingZeroCount(left));
        }
        return [.. processors];
    }

    /// <summary>Lets the current thread use these processors alone, and moves it to one of them. Where the system refuses, it stays as it was.</summary>
    public static void Restrict(ReadOnlySpan<int> processors)
    {
        if (!OperatingSystem.IsLinux()) return;

        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        foreach (int processor in processors) mask[processor / 64] |= 1UL << (processor % 64);
        _ = SetAffinity(0, MaskWords * sizeof(ulong), mask);
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [SuppressGCTransition]
    private static partial int GetProcessor();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, ulong* mask);
}
