using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

// dW[n, k] = Σ_r dy[r, n] · x[r, k] (+ addend), in panels. As a product C = A · B: A = xᵀ [K, rows], read where it lies, eight k of a
// row at a time; B = dy [rows, N], copied into panels block by block; C has the panels' own layout, k down and 16 n across, so
// register tiles go straight to dW. Blocks of rows are added to dW in order. A block is 384 rows, fewer than in other products,
// because a strip of A takes a cache line of each, of which the next strip uses the rest; where rows are whole pages apart those
// lines share few cache sets, and a block is 128 rows.

/// <summary>The gradient of a weight in panels.</summary>
internal readonly unsafe struct LinearWeightGradient<TK, TN>(float* dy, float* x, float* addend, int rows, float* dWeight) : ITiledKernel
    where TK : struct, IDimension
    where TN : struct, IDimension
{
    private const int PanelWidth = 16;
    private const int RowsPerTask = 64;
    private const int PanelsPerGroup = 3;
    private const int PageFloats = 1024;

    private readonly LinearTiling _tiling = new(TK.Value, TN.Value, rows, RowsPerTask, PanelsPerGroup, Block);
    private readonly float* _dy = dy;
    private readonly float* _x = x;
    private readonly float* _addend = addend;
    private readonly float* _dWeight = dWeight;

    /// <summary>The most rows of a block.</summary>
    private static int Block => TK.Value % PageFloats == 0 ? 128 : 384;

    public int Tasks => _tiling.Tasks;

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        (int firstGroup, int endGroup) = _tiling.GroupsOf(tile);
        (int firstK, int endK) = _tiling.RowsOf(tile);
        for (int group = firstGroup; group < endGroup; group++)
        {
            for (int block = 0; block < _tiling.Blocks; block++) RunBlock<TSimd, V>(group, block, firstK, endK - firstK, scratch);
        }
    }

    private void RunBlock<TSimd, V>(int group, int block, int firstK, int count, float* panels)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        (int firstPanel, int endPanel) = _tiling.PanelsOf(group);
        (int firstRow, int endRow) = _tiling.DepthOf(block);
        int depth = endRow - firstRow;
        int firstColumn = firstPanel * PanelWidth;
        int columns = Math.Min(endPanel * PanelWidth, TN.Value) - firstColumn;
        PanelPacking.Copy<TSimd, V>(_dy + (nint)firstRow * TN.Value + firstColumn, TN.Value, depth, columns, panels);

        float* sums = block == 0 ? _addend : _dWeight;
        int strips = LinearTiling.StripsOf(count, MicroKernel<TSimd, V, TransposedStrides<TK>>.MaximumRows);
        for (int strip = 0; strip < strips; strip++)
        {
            (int k, int endK) = LinearTiling.RowsOf(strip, strips, count);
            float* a = _x + (nint)firstRow * TK.Value + firstK + k;
            nint offset = ((nint)firstPanel * TK.Value + firstK + k) * PanelWidth;
            float* initial = sums == null ? null : sums + offset;
            MicroKernel<TSimd, V, TransposedStrides<TK>>.Run(endK - k, endPanel - firstPanel, a, panels, (nint)depth * PanelWidth, depth, initial, _dWeight + offset, PanelWidth, (nint)TK.Value * PanelWidth);
        }
    }
}
