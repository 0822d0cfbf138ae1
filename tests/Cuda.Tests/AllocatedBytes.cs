namespace Transformer.Compiled.Cuda.Tests;

/// <summary>What an action allocates on the garbage collector's heap once it has run before.</summary>
internal static class AllocatedBytes
{
    public static long Of(int repetitions, Action action)
    {
        for (int i = 0; i < 3; i++) action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < repetitions; i++) action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
