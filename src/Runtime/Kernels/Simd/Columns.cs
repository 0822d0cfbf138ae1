using System.Runtime.CompilerServices;

namespace Transformer.Compiled.Kernels.Simd;

/// <summary>A sum over the columns of a row, stated as what one vector of columns adds to it.</summary>
internal interface IColumnTerm
{
    /// <summary>The sum with this vector's terms added, lane by lane; lanes that are not in memory add zero.</summary>
    V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes;
}

/// <summary>What a kernel does to one vector of columns.</summary>
internal interface IColumnStep
{
    void At<TSimd, V, TLanes>(int column, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes;
}

/// <summary>Loops over the columns of a row, and over rows in tiles.</summary>
internal static class Columns
{
    /// <summary>Elements per tile of rows.</summary>
    private const int TileElements = 8 * 1024;

    /// <summary>Sums by four vectors of partial sums, which hide the latency of additions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum<TSimd, V, TTerm>(TTerm term, int count)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TTerm : struct, IColumnTerm
    {
        (V a, V b, V c, V d) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        int width = TSimd.Width;
        int column = 0;
        for (; column <= count - (4 * width); column += 4 * width)
        {
            a = term.AddTo<TSimd, V, AllLanes>(a, column, width);
            b = term.AddTo<TSimd, V, AllLanes>(b, column + width, width);
            c = term.AddTo<TSimd, V, AllLanes>(c, column + (2 * width), width);
            d = term.AddTo<TSimd, V, AllLanes>(d, column + (3 * width), width);
        }

        for (; column <= count - width; column += width) a = term.AddTo<TSimd, V, AllLanes>(a, column, width);
        if (column < count) b = term.AddTo<TSimd, V, FirstLanes>(b, column, count - column);
        return TSimd.Sum(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ForEach<TSimd, V, TStep>(TStep step, int start, int end)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TStep : struct, IColumnStep
    {
        int column = start;
        for (; column <= end - TSimd.Width; column += TSimd.Width) step.At<TSimd, V, AllLanes>(column, TSimd.Width);
        if (column < end) step.At<TSimd, V, FirstLanes>(column, end - column);
    }

    /// <summary>How many tiles of rows a tensor of this width is split into.</summary>
    internal static int RowTiles(int rows, int width) => (rows + RowsPerTile(width) - 1) / RowsPerTile(width);

    internal static (int Start, int End) RowsOfTile(int tile, int rows, int width) =>
        (tile * RowsPerTile(width), Math.Min(rows, (tile + 1) * RowsPerTile(width)));

    private static int RowsPerTile(int width) => Math.Max(1, TileElements / width);
}

/// <summary>Σ a · b.</summary>
internal readonly unsafe struct Product(float* a, float* b) : IColumnTerm
{
    private readonly float* _a = a;
    private readonly float* _b = b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes =>
        TSimd.MultiplyAdd(TLanes.Load<TSimd, V>(_a + column, lanes), TLanes.Load<TSimd, V>(_b + column, lanes), sum);
}
