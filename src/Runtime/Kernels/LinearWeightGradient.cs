using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

// dW[n, k] = Σ_r dy[r, n] · x[r, k] (+ addend), in panels. As a product C = A · B: A = xᵀ [K, rows]; B = dy [rows, N], copied into
// panels block by block; C has the panels' own layout, k down and 16 n across, so register tiles go straight to dW. Blocks of
// rows are added to dW in order; they are shorter than in other products because a strip of A takes one cache line of each row.
// A is read where it lies, eight k of a row at a time, except where rows are whole pages apart: there those lines would share a
// few cache sets, so 64 columns of x at a time are copied closer together, for groups of twice as many panels.

/// <summary>The gradient of a weight in panels.</summary>
internal readonly unsafe struct LinearWeightGradient<TK, TN>(float* dy, float* x, float* addend, int rows, float* dWeight) : ITiledKernel
    where TK : struct, IDimension
    where TN : struct, IDimension
{
    private const int PanelWidth = 16;
    private const int RowsPerTask = 384;
    private const int PageFloats = 1024;
    private const int Block = 384;
    private const int ChunkColumns = 64;

    private readonly LinearTiling _tiling = new(TK.Value, TN.Value, rows, RowsPerTask, IsPaged ? 6 : 3, Block);
    private readonly float* _dy = dy;
    private readonly float* _x = x;
    private readonly float* _addend = addend;
    private readonly float* _dWeight = dWeight;

    public int Tasks => _tiling.Tasks;

    private static bool IsPaged => TK.Value % PageFloats == 0;

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        (int firstGroup, int endGroup) = _tiling.GroupsOf(tile);
        (int firstK, int endK) = _tiling.RowsOf(tile);
        for (int group = firstGroup; group < endGroup; group++)
        {
            for (int block = 0; block < _tiling.Blocks; block++) RunBlock<TSimd, V>(group, block, firstK, endK, scratch);
        }
    }

    private void RunBlock<TSimd, V>(int group, int block, int firstK, int endK, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        (int firstPanel, int endPanel) = _tiling.PanelsOf(group);
        (int firstRow, int endRow) = _tiling.DepthOf(block);
        int depth = endRow - firstRow;
        int firstColumn = firstPanel * PanelWidth;
        int columns = Math.Min(endPanel * PanelWidth, TN.Value) - firstColumn;
        float* x = _x + (nint)firstRow * TK.Value;
        float* chunk = scratch;
        float* panels = scratch + ChunkStride.Size * Block;
        PanelPacking.Copy<TSimd, V>(_dy + (nint)firstRow * TN.Value + firstColumn, TN.Value, depth, columns, panels);

        if (!IsPaged)
        {
            Sweep<TSimd, V, TransposedStrides<TK>>(block, firstPanel, endPanel, firstK, endK - firstK, depth, x + firstK, panels);
            return;
        }
        for (int k = firstK; k < endK; k += ChunkColumns)
        {
            int count = Math.Min(ChunkColumns, endK - k);
            for (int row = 0; row < depth; row++) new Span<float>(x + (nint)row * TK.Value + k, count).CopyTo(new Span<float>(chunk + row * ChunkStride.Size, count));
            Sweep<TSimd, V, TransposedStrides<ChunkStride>>(block, firstPanel, endPanel, k, count, depth, chunk, panels);
        }
    }

    /// <summary>Passes the strips of some columns of x, the first of which is at <paramref name="a"/>, by a group's panels.</summary>
    private void Sweep<TSimd, V, TStrides>(int block, int firstPanel, int endPanel, int firstK, int count, int depth, float* a, float* panels)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TStrides : struct, IMatrixStrides
    {
        float* sums = block == 0 ? _addend : _dWeight;
        int strips = LinearTiling.StripsOf(count, MicroKernel<TSimd, V, TStrides>.MaximumRows);
        for (int strip = 0; strip < strips; strip++)
        {
            (int k, int endK) = LinearTiling.RowsOf(strip, strips, count);
            nint offset = ((nint)firstPanel * TK.Value + firstK + k) * PanelWidth;
            float* initial = sums == null ? null : sums + offset;
            MicroKernel<TSimd, V, TStrides>.Run(endK - k, endPanel - firstPanel, a + k, panels, (nint)depth * PanelWidth, depth, initial, _dWeight + offset, PanelWidth, (nint)TK.Value * PanelWidth);
        }
    }

    /// <summary>The distance of copied rows: an odd number of cache lines.</summary>
    private readonly struct ChunkStride : IDimension
    {
        public const int Size = ChunkColumns + 16;

        public static int Value => Size;
    }
}
