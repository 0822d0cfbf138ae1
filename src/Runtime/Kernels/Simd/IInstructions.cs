using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels.Simd;

/// <summary>A kernel bound to its operands, whose work is split into tiles that depend on its shape alone.</summary>
internal unsafe interface ITiledKernel
{
    /// <param name="tile">Which tile; tiles are independent of each other.</param>
    /// <param name="scratch"><see cref="ComputeTeam.ScratchFloats"/> floats of the thread's own.</param>
    void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct;
}

/// <summary>How a kernel's instruction set is chosen.</summary>
internal interface IInstructions
{
    static abstract void Run<TKernel>(ComputeTeam team, TKernel kernel, int tiles)
        where TKernel : unmanaged, ITiledKernel;
}

/// <summary>The widest vectors that this machine has; decided by the compiler, so it costs nothing.</summary>
internal readonly struct Fastest : IInstructions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TKernel>(ComputeTeam team, TKernel kernel, int tiles)
        where TKernel : unmanaged, ITiledKernel
    {
        if (Avx512.IsSupported) Only<Avx512, Vector512<float>>.Run(team, kernel, tiles);
        else if (Avx2.IsSupported) Only<Avx2, Vector256<float>>.Run(team, kernel, tiles);
        else Only<Portable, Vector128<float>>.Run(team, kernel, tiles);
    }
}

/// <summary>One instruction set, whatever else the machine has.</summary>
internal readonly unsafe struct Only<TSimd, V> : IInstructions
    where TSimd : struct, ISimd<V>
    where V : struct
{
    public static void Run<TKernel>(ComputeTeam team, TKernel kernel, int tiles)
        where TKernel : unmanaged, ITiledKernel => team.Run(&Job<TKernel>, &kernel, tiles);

    private static void Job<TKernel>(void* kernel, int tile, float* scratch)
        where TKernel : unmanaged, ITiledKernel => ((TKernel*)kernel)->Run<TSimd, V>(tile, scratch);
}
