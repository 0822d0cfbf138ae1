using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

/// <summary>The size of a gradient, for clipping it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GradientNorm
{
    private const int Chunk = 16 * 1024;
    private const int ChunksPerRun = 1024;

    /// <summary>
    /// The sum of squares of count elements: chunks of 16,384 in float, added in order in double. Infinite where an element
    /// or a chunk is too large, NaN where an element is NaN.
    /// </summary>
    public static double SumOfSquares(ComputeTeam team, Pointer<float> gradient, nint count) => SumOfSquares<Fastest>(team, gradient, count);

    internal static unsafe double SumOfSquares<TInstructions>(ComputeTeam team, Pointer<float> gradient, nint count)
        where TInstructions : struct, IInstructions
    {
        float* sums = stackalloc float[ChunksPerRun];
        double total = 0;
        for (nint start = 0; start < count; start += (nint)Chunk * ChunksPerRun)
        {
            nint length = nint.Min(count - start, (nint)Chunk * ChunksPerRun);
            int chunks = (int)((length + Chunk - 1) / Chunk);
            TInstructions.Run(team, new Kernel(gradient.Value + start, length, sums), chunks);
            for (int chunk = 0; chunk < chunks; chunk++) total += sums[chunk];
        }

        return total;
    }

    private readonly unsafe struct Kernel(float* gradient, nint count, float* sums) : ITiledKernel
    {
        private readonly float* _gradient = gradient;
        private readonly nint _count = count;
        private readonly float* _sums = sums;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            nint start = (nint)tile * Chunk;
            float* x = _gradient + start;
            _sums[tile] = Columns.Sum<TSimd, V, Product>(new Product(x, x), (int)nint.Min(Chunk, _count - start));
        }
    }
}
