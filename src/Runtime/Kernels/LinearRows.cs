using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y[rows, width] = act(x[rows, depth] · Wᵀ + bias) + addend for a few rows (decoding), where the time is that of reading W once.
// A task is a stretch of panels, which it reads as a few streams side by side, each from its start to its end without a gap:
// of 10 panels 0 1 2 | 3 4 5 | 6 7 8 | 9, first 0 3 6 9, then 1 4 7, then 2 5 8. Streams as short as a panel would each cost the
// memory a start. Tiles are those of MicroKernel, blocks of the depth those of LinearTiling, and so are the sums.

/// <summary>A product of a few rows with a weight in panels.</summary>
internal readonly unsafe struct LinearRows<TDepth, TWidth, TActivation>(float* x, float* weight, float* bias, float* addend, int rows, float* y) : ICountedKernel
    where TDepth : struct, IDimension
    where TWidth : struct, IDimension
    where TActivation : struct, IActivation
{
    /// <summary>The most rows.</summary>
    public const int MaximumRows = 8;

    private const int PanelWidth = 16;
    private const int MaximumStreams = 4;
    private const int MaximumTasks = 64;
    private const int CyclesPerTask = 16 * 1024;
    private const int LoadingRows = 4;

    private readonly float* _x = x;
    private readonly float* _weight = weight;
    private readonly int _rows = rows;
    private readonly ProductResult<TWidth, TActivation> _y = new(bias, addend, y);

    private static int Panels => (TWidth.Value + PanelWidth - 1) / PanelWidth;

    private static nint PanelFloats => (nint)TDepth.Value * PanelWidth;

    /// <summary>As many as <see cref="LinearTiling"/> has, but none with less than a panel for each stream.</summary>
    public int Tasks { get; } =
        (int)Math.Clamp(((long)Panels * TDepth.Value * (rows + LoadingRows) + CyclesPerTask / 2) / CyclesPerTask, 1, Math.Min(MaximumTasks, (Panels + MaximumStreams - 1) / MaximumStreams));

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        int first = (int)((long)Panels * tile / Tasks), end = (int)((long)Panels * (tile + 1) / Tasks);
        int streams = _rows <= 2 ? MaximumStreams : MaximumStreams - 1;
        int length = (end - first + streams - 1) / streams;
        for (int step = 0; step < length; step++)
        {
            int panel = first + step;
            RunPanels<TSimd, V>(panel, (end - panel + length - 1) / length, length, scratch);
        }
    }

    /// <summary>Computes the columns of some panels that are <paramref name="distance"/> panels apart.</summary>
    private void RunPanels<TSimd, V>(int panel, int panels, int distance, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        float* weight = _weight + panel * PanelFloats;
        nint panelStride = distance * PanelFloats;
        int lastColumn = (panel + (panels - 1) * distance + 1) * PanelWidth;
        bool isPlain = TDepth.Value <= LinearTiling.MaximumBlock && _y.IsPlain;
        int tileRows = MicroKernel<TSimd, V, RowMajorStrides<TDepth>>.MaximumRows;
        for (int row = 0; row < _rows; row += tileRows)
        {
            int rows = Math.Min(tileRows, _rows - row);
            float* x = _x + (nint)row * TDepth.Value;
            if (isPlain && lastColumn <= TWidth.Value)
            {
                int column = panel * PanelWidth;
                MicroKernel<TSimd, V, RowMajorStrides<TDepth>>.Run(
                    rows, panels, x, weight, panelStride, TDepth.Value, _y.AddendAt(row, column), _y.At(row, column), TWidth.Value, distance * PanelWidth);
                continue;
            }
            Sum<TSimd, V>(rows, panels, x, weight, panelStride, scratch);
            for (int i = 0; i < panels; i++)
            {
                int column = (panel + i * distance) * PanelWidth;
                _y.Write<TSimd, V>(scratch + i * PanelWidth, row, rows, column, Math.Min(PanelWidth, TWidth.Value - column));
            }
        }
    }

    /// <summary>The sums of a tile, block by block.</summary>
    private static void Sum<TSimd, V>(int rows, int panels, float* x, float* weight, nint panelStride, float* sums)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        LinearTiling tiling = new(rows, TWidth.Value, TDepth.Value, MaximumRows, MaximumStreams, LinearTiling.MaximumBlock);
        for (int block = 0; block < tiling.Blocks; block++)
        {
            (int firstDepth, int endDepth) = tiling.DepthOf(block);
            float* initial = block == 0 ? null : sums;
            MicroKernel<TSimd, V, RowMajorStrides<TDepth>>.Run(
                rows, panels, x + firstDepth, weight + firstDepth * PanelWidth, panelStride, endDepth - firstDepth, initial, sums, ProductResult<TWidth, TActivation>.SumsStride, PanelWidth);
        }
    }
}
