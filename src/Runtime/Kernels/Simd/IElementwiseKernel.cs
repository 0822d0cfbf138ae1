using System.Runtime.CompilerServices;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels.Simd;

/// <summary>A kernel bound to flat operands of one length, stated as what happens to one vector of elements.</summary>
internal interface IElementwiseKernel
{
    /// <summary>Computes elements index … index + lanes − 1, reading and writing them by <typeparamref name="TLanes"/>.</summary>
    void Step<TSimd, V, TLanes>(nint index, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes;
}

/// <summary>Runs an elementwise kernel over a range, a chunk per tile.</summary>
internal readonly struct ElementwiseLoop<TKernel>(TKernel kernel, nint count) : ITiledKernel
    where TKernel : unmanaged, IElementwiseKernel
{
    /// <summary>Elements per tile: a few microseconds of work, and operands that fit the second-level cache.</summary>
    internal const int Chunk = 16 * 1024;

    private readonly TKernel _kernel = kernel;
    private readonly nint _count = count;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public unsafe void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        TKernel kernel = _kernel;
        nint index = (nint)tile * Chunk;
        nint end = nint.Min(index + Chunk, _count);
        for (; index <= end - TSimd.Width; index += TSimd.Width) kernel.Step<TSimd, V, AllLanes>(index, TSimd.Width);
        if (index < end) kernel.Step<TSimd, V, FirstLanes>(index, (int)(end - index));
    }
}

internal static class ElementwiseLoop
{
    internal static void Run<TKernel, TInstructions>(ComputeTeam team, TKernel kernel, nint count)
        where TKernel : unmanaged, IElementwiseKernel
        where TInstructions : struct, IInstructions
    {
        int tiles = checked((int)((count + ElementwiseLoop<TKernel>.Chunk - 1) / ElementwiseLoop<TKernel>.Chunk));
        TInstructions.Run(team, new ElementwiseLoop<TKernel>(kernel, count), tiles);
    }
}
