using System.Numerics;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Threading;

/// <summary>Binds the current thread to one processor (Linux; elsewhere nothing happens).</summary>
internal static unsafe partial class ProcessorAffinity
{
    private const int MaskWords = 128;

    /// <summary>
    /// Binds the current thread to the <paramref name="index"/>-th processor, counted from the last and round again, of those it may use.
    /// Where the system refuses, the thread stays as it was.
    /// </summary>
    public static void BindCurrentThread(int index)
    {
        if (!OperatingSystem.IsLinux()) return;

        ulong* mask = stackalloc ulong[MaskWords];
        if (GetAffinity(0, MaskWords * sizeof(ulong), mask) < 0) return;

        int processors = 0;
        for (int word = 0; word < MaskWords; word++) processors += BitOperations.PopCount(mask[word]);
        if (processors == 0) return;

        KeepOnly(mask, processors - 1 - index % processors);
        _ = SetAffinity(0, MaskWords * sizeof(ulong), mask);
    }

    /// <summary>Clears all set bits of the mask but the one with the given rank among them.</summary>
    private static void KeepOnly(ulong* mask, int rank)
    {
        for (int word = 0; word < MaskWords; word++)
        {
            ulong kept = 0;
            for (ulong left = mask[word]; left != 0; left &= left - 1)
            {
                if (rank-- == 0) kept = left & (0 - left);
            }
            mask[word] = kept;
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, ulong* mask);
}
