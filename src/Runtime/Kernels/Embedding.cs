using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y[r] = scale · table[indices[r]] + addend[r]
// dTable = addend + scale · Σ r  dy[r] at row indices[r]
// The gradient's tiles are blocks of the table: each looks through all indices for rows of its own and adds them in order,
// so repeated indices need neither atomics nor partial sums.

/// <summary>Rows looked up in a table.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Embedding
{
    /// <summary>y[rows, D]; the addend (or none) may be <paramref name="y"/>. The caller has checked the indices.</summary>
    public static void Forward<TD, TLayout>(
        ComputeTeam team, Pointer<int> indices, Pointer<float> table, float scale, Pointer<float> addend, int rows, Pointer<float> y)
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout => Forward<TD, TLayout, Fastest>(team, indices, table, scale, addend, rows, y);

    /// <summary>
    /// dTable[V, D], all of it, pad rows included, from the rows whose index is not the ignored one (−1 for none); the addend (or none) is laid
    /// out as the table and may be it.
    /// </summary>
    public static void Gradient<TV, TD, TLayout>(
        ComputeTeam team, Pointer<int> indices, Pointer<float> dy, float scale, int ignored, Pointer<float> addend, int rows, Pointer<float> dTable)
        where TV : struct, IDimension
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout => Gradient<TV, TD, TLayout, Fastest>(team, indices, dy, scale, ignored, addend, rows, dTable);

    internal static unsafe void Forward<TD, TLayout, TInstructions>(
        ComputeTeam team, Pointer<int> indices, Pointer<float> table, float scale, Pointer<float> addend, int rows, Pointer<float> y)
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team,
            new ForwardKernel<TD, TLayout>(indices.Value, table.Value, scale, addend.Value, rows, y.Value),
            Columns.RowTiles(rows, TD.Value));

    internal static unsafe void Gradient<TV, TD, TLayout, TInstructions>(
        ComputeTeam team, Pointer<int> indices, Pointer<float> dy, float scale, int ignored, Pointer<float> addend, int rows, Pointer<float> dTable)
        where TV : struct, IDimension
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team,
            new GradientKernel<TV, TD, TLayout>(indices.Value, dy.Value, scale, ignored, addend.Value, rows, dTable.Value),
            GradientKernel<TV, TD, TLayout>.Tiles);

    /// <summary>Where a row of a table begins; its columns are <see cref="ITableLayout.RowsPerLine"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint RowOffset<TD, TLayout>(int row)
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout =>
        ((nint)(row / TLayout.RowsPerLine) * TD.Value * TLayout.RowsPerLine) + (row % TLayout.RowsPerLine);

    private readonly unsafe struct ForwardKernel<TD, TLayout>(int* indices, float* table, float scale, float* addend, int rows, float* y) : ITiledKernel
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout
    {
        private readonly int* _indices = indices;
        private readonly float* _table = table;
        private readonly float _scale = scale;
        private readonly float* _addend = addend;
        private readonly int _rows = rows;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TD.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TD.Value;
                float* entry = _table + RowOffset<TD, TLayout>(_indices[row]);
                float* addend = _addend == null ? null : _addend + offset;
                if (TLayout.RowsPerLine == 1) Columns.ForEach<TSimd, V, ScaleAdd>(new ScaleAdd(entry, _scale, addend, _y + offset), 0, TD.Value);
                else Gather(entry, addend, _y + offset);
            }
        }

        private void Gather(float* entry, float* addend, float* y)
        {
            for (int column = 0; column < TD.Value; column++)
            {
                float value = _scale * entry[column * TLayout.RowsPerLine];
                y[column] = addend == null ? value : value + addend[column];
            }
        }
    }

    private readonly unsafe struct GradientKernel<TV, TD, TLayout>(
        int* indices, float* dy, float scale, int ignored, float* addend, int rows, float* dTable) : ITiledKernel
        where TV : struct, IDimension
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout
    {
        // A block of the table: whole lines, and enough of them for a few microseconds.
        private const int TileRows = 128;
        private const int TileColumns = 128;

        private readonly int* _indices = indices;
        private readonly float* _dy = dy;
        private readonly float _scale = scale;
        private readonly int _ignored = ignored;
        private readonly float* _addend = addend;
        private readonly int _rows = rows;
        private readonly float* _dTable = dTable;

        public static int Tiles => ((TV.Value + TileRows - 1) / TileRows) * ColumnTiles;

        private static int ColumnTiles => (TD.Value + TileColumns - 1) / TileColumns;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int rowTile, int columnTile) = int.DivRem(tile, ColumnTiles);
            int firstRow = rowTile * TileRows;
            int lastRow = Math.Min(TV.Value, firstRow + TileRows) - 1;
            int start = columnTile * TileColumns;
            int end = Math.Min(TD.Value, start + TileColumns);
            Begin(firstRow, lastRow, start, end);

            ReadOnlySpan<int> indices = new(_indices, _rows);
            int row = indices.IndexOfAnyInRange(firstRow, lastRow);
            while (row >= 0)
            {
                float* entry = _dTable + RowOffset<TD, TLayout>(indices[row]);
                float* dy = _dy + ((nint)row * TD.Value);
                if (indices[row] == _ignored) { }
                else if (TLayout.RowsPerLine == 1) Columns.ForEach<TSimd, V, ScaleAdd>(new ScaleAdd(dy, _scale, entry, entry), start, end);
                else Scatter(dy, start, end, entry);

                int next = indices[(row + 1)..].IndexOfAnyInRange(firstRow, lastRow);
                row = next < 0 ? next : row + 1 + next;
            }
        }

        /// <summary>Writes what the block holds before any row is added: the addend, or zeros.</summary>
        private void Begin(int firstRow, int lastRow, int start, int end)
        {
            if (_addend == _dTable) return;
            int length = (end - start) * TLayout.RowsPerLine;
            for (int line = firstRow / TLayout.RowsPerLine; line <= lastRow / TLayout.RowsPerLine; line++)
            {
                nint offset = (((nint)line * TD.Value) + start) * TLayout.RowsPerLine;
                Span<float> destination = new(_dTable + offset, length);
                if (_addend == null) destination.Clear();
                else new ReadOnlySpan<float>(_addend + offset, length).CopyTo(destination);
            }
        }

        private void Scatter(float* dy, int start, int end, float* entry)
        {
            for (int column = start; column < end; column++) entry[column * TLayout.RowsPerLine] += _scale * dy[column];
        }
    }

    /// <summary>y = scale · x + addend.</summary>
    private readonly unsafe struct ScaleAdd(float* x, float scale, float* addend, float* y) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float _scale = scale;
        private readonly float* _addend = addend;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V addend = _addend == null ? TSimd.Zero : TLanes.Load<TSimd, V>(_addend + column, lanes);
            TLanes.Store<TSimd, V>(_y + column, TSimd.MultiplyAdd(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_scale), addend), lanes);
        }
    }
}
