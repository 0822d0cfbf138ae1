using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;

namespace Transformer.Compiled.Kernels;

// dW[n, k] = Σ_r dy[r, n] · x[r, k] (+ addend), in panels. As a product C = A · B: A = xᵀ [K, rows]; B = dy [rows, N]; C has the
// panels' own layout, k down and 16 n across, so register tiles go straight to dW. Blocks of rows are added to dW in order.
// Both factors come in panels, x from PanelCopy, dy copied here group by group: read where they lie, a tile would take a piece of a
// cache line from each row, and where rows are large powers of two apart, those lines share a few sets of the caches.

/// <summary>The gradient of a weight in panels, from x in panels.</summary>
internal readonly unsafe struct LinearWeightGradient<TK, TN>(float* dy, float* xPanels, float* addend, int rows, float* dWeight, int threads) : ITiledKernel
    where TK : struct, IDimension
    where TN : struct, IDimension
{
    private const int PanelWidth = 16;
    private const int RowsPerTask = 384;
    private const int Block = 384;

    private readonly LinearTiling _tiling = new(TK.Value, TN.Value, rows, RowsPerTask, 3, Block);
    private readonly float* _dy = dy;
    private readonly float* _xPanels = xPanels;
    private readonly float* _addend = addend;
    private readonly float* _dWeight = dWeight;
    private readonly int _rows = rows;
    private readonly int _threads = threads;

    public int Tasks => _tiling.Tasks;

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        (int firstGroup, int endGroup) = _tiling.GroupsOf(tile);
        (int firstK, int endK) = _tiling.RowsOf(tile);
        for (int group = firstGroup; group < endGroup; group++)
        {
            for (int block = 0; block < _tiling.Blocks; block++)
                RunBlock<TSimd, V>(group, block, firstK, endK, SourceOf(_tiling.Following(tile, group, block, _threads)), scratch);
        }
    }

    private void RunBlock<TSimd, V>(int group, int block, int firstK, int endK, in MemoryRuns following, float* panels)
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
        int height = MicroKernel<TSimd, V, PanelStrides>.MaximumRows;
        for (int k = firstK; k < endK;)
        {
            int end = Math.Min(endK, Math.Min(k + height, (k & -PanelWidth) + PanelWidth));
            float* a = _xPanels + ((nint)(k & -PanelWidth) * _rows) + (nint)firstRow * PanelWidth + k % PanelWidth;
            nint offset = ((nint)firstPanel * TK.Value + k) * PanelWidth;
            following.Prefetch(k - firstK, end - firstK, endK - firstK);
            new MemoryRuns(_dWeight + offset, endPanel - firstPanel, (nint)TK.Value * PanelWidth, (end - k) * PanelWidth).Prefetch();
            MicroKernel<TSimd, V, PanelStrides>.Run(
                end - k, endPanel - firstPanel, a, panels, (nint)depth * PanelWidth, depth,
                sums == null ? null : sums + offset, _dWeight + offset, PanelWidth, (nint)TK.Value * PanelWidth);
            k = end;
        }
    }

    /// <summary>What a block will copy.</summary>
    private MemoryRuns SourceOf((int Group, int Block)? place)
    {
        if (place is not var (group, block)) return default;
        (int firstPanel, int endPanel) = _tiling.PanelsOf(group);
        (int firstRow, int endRow) = _tiling.DepthOf(block);
        return new(_dy + (nint)firstRow * TN.Value + firstPanel * PanelWidth, endRow - firstRow, TN.Value, (endPanel - firstPanel) * PanelWidth);
    }
}

/// <summary>A is the transpose of a matrix in panels of 16 columns.</summary>
internal readonly struct PanelStrides : IMatrixStrides
{
    public static int Row => 1;

    public static int Depth => 16;

    /// <summary>Each step of the depth needs a cache line of its own, which comes from the third level where x is large.</summary>
    public static int Ahead => 32 * Depth;
}
