using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

/// <summary>Runs the tiles of a kernel on a team, or one after the other on the caller where they are too small to spread.</summary>
internal static class TaskList
{
    /// <summary>Below so many multiplications, about 5 µs, the caller does the work alone.</summary>
    private const long InlineWork = 500_000;

    internal static void Run<TKernel, TInstructions>(ComputeTeam team, TKernel kernel, int tiles, long work)
        where TKernel : unmanaged, ITiledKernel
        where TInstructions : struct, IInstructions
    {
        if (work < InlineWork) TInstructions.Run(team, new InOrder<TKernel> { Kernel = kernel, Tiles = tiles }, 1);
        else TInstructions.Run(team, kernel, tiles);
    }

    private unsafe struct InOrder<TKernel> : ITiledKernel
        where TKernel : unmanaged, ITiledKernel
    {
        public TKernel Kernel;
        public int Tiles;

        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            for (int i = 0; i < Tiles; i++) Kernel.Run<TSimd, V>(i, scratch);
        }
    }
}
