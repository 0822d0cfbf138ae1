using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// C[rows, width] = act(A[rows, depth] · B[depth, width] + bias) + addend, all but B row-major: the forward pass and the gradient of the
// input. A group is as wide as the widest register tile: 3 panels, or 4 for one or two rows. For each group: for each block of the
// depth: fetch B, pass all strips of A by it. Partial sums stay in the task's scratch until the last block.

/// <summary>A product with a row-major result.</summary>
internal readonly unsafe struct LinearProduct<TDepth, TWidth, TRight, TActivation>(float* a, float* weight, float* bias, float* addend, int rows, float* c, int threads) : ICountedKernel
    where TDepth : struct, IDimension
    where TWidth : struct, IDimension
    where TRight : struct, IRightFactor
    where TActivation : struct, IActivation
{
    private const int PanelWidth = 16;
    private const int MaximumGroup = 4;
    private const int PartialStride = ProductResult<TWidth, TActivation>.SumsStride;
    private const int PartialFloats = LinearTiling.MaximumRows * PartialStride;

    private readonly LinearTiling _tiling = new(rows, TWidth.Value, TDepth.Value, TRight.RowsPerTask, rows <= 2 ? MaximumGroup : 3, LinearTiling.MaximumBlock);
    private readonly float* _a = a;
    private readonly float* _weight = weight;
    private readonly ProductResult<TWidth, TActivation> _c = new(bias, addend, c);
    private readonly int _threads = threads;

    public int Tasks => _tiling.Tasks;

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        (int firstGroup, int endGroup) = _tiling.GroupsOf(tile);
        (int firstRow, int endRow) = _tiling.RowsOf(tile);
        for (int group = firstGroup; group < endGroup; group++)
        {
            for (int block = 0; block < _tiling.Blocks; block++)
                RunBlock<TSimd, V>(group, block, firstRow, endRow - firstRow, _tiling.Following(tile, group, block, _threads), scratch);
        }
    }

    /// <summary>What fetching a block will copy.</summary>
    private MemoryRuns SourceOf((int Group, int Block)? place)
    {
        if (place is not var (group, block)) return default;
        (int firstPanel, int endPanel) = _tiling.PanelsOf(group);
        (int firstDepth, int endDepth) = _tiling.DepthOf(block);
        return TRight.Source(_weight, firstPanel, ColumnsOf(firstPanel, endPanel), firstDepth, endDepth);
    }

    /// <summary>How far from b a panel lies that fetching a block will hand out: each of the last strips asks for one of them. 0 where there is none.</summary>
    private nint DistanceTo((int Group, int Block)? place, int stripsLeft, float* b)
    {
        if (place is not var (group, block)) return 0;
        (int firstPanel, int endPanel) = _tiling.PanelsOf(group);
        float* panel = stripsLeft > endPanel - firstPanel ? null : TRight.Stored(_weight, endPanel - stripsLeft, _tiling.DepthOf(block).First);
        return panel == null ? 0 : (nint)(panel - b);
    }

    private static int ColumnsOf(int firstPanel, int endPanel) => Math.Min(endPanel * PanelWidth, TWidth.Value) - firstPanel * PanelWidth;

    private void RunBlock<TSimd, V>(int group, int block, int firstRow, int rows, (int Group, int Block)? following, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        (int firstPanel, int endPanel) = _tiling.PanelsOf(group);
        (int firstDepth, int endDepth) = _tiling.DepthOf(block);
        int firstColumn = firstPanel * PanelWidth, columns = ColumnsOf(firstPanel, endPanel);
        bool isLast = block == _tiling.Blocks - 1;
        float* partial = scratch;
        float* b = TRight.Fetch(_weight, firstPanel, columns, firstDepth, endDepth, scratch + PartialFloats, out nint panelStride);
        MemoryRuns source = SourceOf(following);
        int strips = LinearTiling.StripsOf(rows, MicroKernel<TSimd, V, RowMajorStrides<TDepth>>.MaximumRows);
        for (int strip = 0; strip < strips; strip++)
        {
            (int row, int endRow) = LinearTiling.RowsOf(strip, strips, rows);
            float* a = _a + (nint)(firstRow + row) * TDepth.Value + firstDepth;
            float* initial = block == 0 ? null : partial;
            source.Prefetch(strip, strip + 1, strips);
            if (isLast) _c.Destination(firstRow + row, endRow - row, firstColumn, columns).Prefetch();
            MicroKernel<TSimd, V, RowMajorStrides<TDepth>>.Run(
                endRow - row, endPanel - firstPanel, a, b, panelStride, endDepth - firstDepth, initial, partial, PartialStride, PanelWidth, DistanceTo(following, strips - strip, b));
            if (isLast) _c.Write<TSimd, V>(partial, firstRow + row, endRow - row, firstColumn, columns);
            if (_tiling.Blocks > 1) partial += (endRow - row) * PartialStride;
        }
    }
}
