using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;

namespace Transformer.Compiled.Kernels;

/// <summary>The row-major result of a product, written from sums that lie in scratch: c = act(sums + bias) + addend; c itself may be the addend.</summary>
internal readonly unsafe struct ProductResult<TWidth, TActivation>(float* bias, float* addend, float* c)
    where TWidth : struct, IDimension
    where TActivation : struct, IActivation
{
    /// <summary>The floats from one row of sums to the next: the columns of the widest tile.</summary>
    public const int SumsStride = 64;

    private readonly float* _bias = bias;
    private readonly float* _addend = addend;
    private readonly float* _c = c;

    /// <summary>Whether there is nothing to do but to add.</summary>
    public bool IsPlain => typeof(TActivation) == typeof(Identity) && _bias == null;

    public float* At(int row, int column) => _c + Offset(row, column);

    /// <summary>What is added to an element and those after it; null for nothing.</summary>
    public float* AddendAt(int row, int column) => _addend == null ? null : _addend + Offset(row, column);

    /// <summary>What <see cref="Write"/> will touch.</summary>
    public MemoryRuns Destination(int firstRow, int rows, int firstColumn, int columns) => new(At(firstRow, firstColumn), rows, TWidth.Value, columns);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Write<TSimd, V>(float* sums, int firstRow, int rows, int firstColumn, int columns)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        nint offset = Offset(firstRow, firstColumn);
        for (int row = 0; row < rows; row++, offset += TWidth.Value, sums += SumsStride)
        {
            int column = 0;
            for (; column <= columns - TSimd.Width; column += TSimd.Width) WriteVector<TSimd, V, AllLanes>(sums + column, firstColumn + column, offset + column, TSimd.Width);
            if (column < columns) WriteVector<TSimd, V, FirstLanes>(sums + column, firstColumn + column, offset + column, columns - column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteVector<TSimd, V, TLanes>(float* sums, int column, nint offset, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes
    {
        V value = TSimd.Load(sums);
        if (_bias != null) value = TSimd.Add(value, TLanes.Load<TSimd, V>(_bias + column, lanes));
        value = TActivation.Apply<TSimd, V>(value);
        if (_addend != null) value = TSimd.Add(value, TLanes.Load<TSimd, V>(_addend + offset, lanes));
        TLanes.Store<TSimd, V>(_c + offset, value, lanes);
    }

    private static nint Offset(int row, int column) => (nint)row * TWidth.Value + column;
}
