using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

// db[n] = Σ_r dy[r, n] (+ addend). A task owns some columns; it sums 64 rows at a time in registers, so that rounding errors
// grow with rows / 64, and adds the partial sums in order.

/// <summary>The gradient of a bias.</summary>
internal readonly unsafe struct LinearBiasGradient<TN>(float* dy, float* addend, int rows, float* dBias) : ITiledKernel
    where TN : struct, IDimension
{
    private const int RowsPerBlock = 64;
    private const int FloatsPerTask = 64 * 1024;
    private const int MinimumColumns = 64;

    private readonly float* _dy = dy;
    private readonly float* _addend = addend;
    private readonly float* _dBias = dBias;
    private readonly int _rows = rows;
    private readonly int _columns = Math.Max(MinimumColumns, FloatsPerTask / rows / MinimumColumns * MinimumColumns);

    public int Tasks => (TN.Value + _columns - 1) / _columns;

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        int column = tile * _columns;
        int end = Math.Min(column + _columns, TN.Value);
        for (; column <= end - 4 * TSimd.Width; column += 4 * TSimd.Width) SumFour<TSimd, V>(column);
        for (; column <= end - TSimd.Width; column += TSimd.Width) SumOne<TSimd, V, AllLanes>(column, TSimd.Width);
        if (column < end) SumOne<TSimd, V, FirstLanes>(column, end - column);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void SumFour<TSimd, V>(int column)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        float* dy = _dy + column;
        V total0 = TSimd.Zero, total1 = TSimd.Zero, total2 = TSimd.Zero, total3 = TSimd.Zero;
        for (int row = 0; row < _rows;)
        {
            int end = Math.Min(row + RowsPerBlock, _rows);
            V block0 = TSimd.Zero, block1 = TSimd.Zero, block2 = TSimd.Zero, block3 = TSimd.Zero;
            for (; row < end; row++, dy += TN.Value)
            {
                block0 = TSimd.Add(block0, TSimd.Load(dy));
                block1 = TSimd.Add(block1, TSimd.Load(dy + TSimd.Width));
                block2 = TSimd.Add(block2, TSimd.Load(dy + 2 * TSimd.Width));
                block3 = TSimd.Add(block3, TSimd.Load(dy + 3 * TSimd.Width));
            }
            total0 = TSimd.Add(total0, block0);
            total1 = TSimd.Add(total1, block1);
            total2 = TSimd.Add(total2, block2);
            total3 = TSimd.Add(total3, block3);
        }
        Write<TSimd, V, AllLanes>(column, total0, TSimd.Width);
        Write<TSimd, V, AllLanes>(column + TSimd.Width, total1, TSimd.Width);
        Write<TSimd, V, AllLanes>(column + 2 * TSimd.Width, total2, TSimd.Width);
        Write<TSimd, V, AllLanes>(column + 3 * TSimd.Width, total3, TSimd.Width);
    }

    private void SumOne<TSimd, V, TLanes>(int column, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes
    {
        float* dy = _dy + column;
        V total = TSimd.Zero;
        for (int row = 0; row < _rows;)
        {
            int end = Math.Min(row + RowsPerBlock, _rows);
            V block = TSimd.Zero;
            for (; row < end; row++, dy += TN.Value) block = TSimd.Add(block, TLanes.Load<TSimd, V>(dy, lanes));
            total = TSimd.Add(total, block);
        }
        Write<TSimd, V, TLanes>(column, total, lanes);
    }

    private void Write<TSimd, V, TLanes>(int column, V value, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes
    {
        if (_addend != null) value = TSimd.Add(value, TLanes.Load<TSimd, V>(_addend + column, lanes));
        TLanes.Store<TSimd, V>(_dBias + column, value, lanes);
    }
}
