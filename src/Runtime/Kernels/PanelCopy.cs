using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

/// <summary>Copies a matrix into panels of 16 columns, zeros past the last: element (row, column) goes to (column / 16 · rows + row) · 16 + column % 16.</summary>
internal readonly unsafe struct PanelCopy<TColumns>(float* source, int rows, float* panels) : ITiledKernel
    where TColumns : struct, IDimension
{
    private const int ColumnsPerTask = 64;
    private const int SmallFloats = 8 * 1024;

    private readonly float* _source = source;
    private readonly float* _panels = panels;
    private readonly int _rows = rows;

    /// <summary>Copies of a few microseconds are one task.</summary>
    public static int TasksFor(int rows) => (long)rows * TColumns.Value <= SmallFloats ? 1 : (TColumns.Value + ColumnsPerTask - 1) / ColumnsPerTask;

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        int tasks = TasksFor(_rows);
        int column = tile * ColumnsPerTask;
        int columns = tasks == 1 ? TColumns.Value : Math.Min(ColumnsPerTask, TColumns.Value - column);
        PanelPacking.Copy<TSimd, V>(_source + column, TColumns.Value, _rows, columns, _panels + (nint)column * _rows);
    }
}
