using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Transformer.Compiled.Kernels;

/// <summary>Whose vectors a table of distances is multiplied with. Seen from one of them, the others are in order of their position.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IRelativeSide
{
    /// <summary>Whether the table's rows run down as the others' positions run up.</summary>
    internal static abstract bool Descends { get; }

    /// <summary>The element of a head's scores [queries, keys] for one position and one of the others.</summary>
    internal static abstract nint Index(int position, int other, int keys);
}

/// <summary>The queries': the others are the keys.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct RelativeQueries : IRelativeSide
{
    static bool IRelativeSide.Descends => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static nint IRelativeSide.Index(int position, int other, int keys) => ((nint)position * keys) + other;
}

/// <summary>The keys': the others are the queries.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct RelativeKeys : IRelativeSide
{
    static bool IRelativeSide.Descends => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static nint IRelativeSide.Index(int position, int other, int keys) => ((nint)other * keys) + position;
}

/// <summary>
/// Consecutive rows of a table [2M − 1, D] whose row M − 1 + (query − key) is for that distance, its first and last row for all distances beyond
/// them too; and which others of a position have their distances there. Columns are the rows in the order of the others.
/// </summary>
internal readonly struct RelativeBand<TTable, TSide>
    where TTable : struct, IDimension
    where TSide : struct, IRelativeSide
{
    /// <summary>The most rows of a band.</summary>
    public const int Size = 64;

    public RelativeBand(int index)
    {
        First = index * Size;
        Width = Math.Min(Size, TTable.Value - First);
    }

    public static int Count => (TTable.Value + Size - 1) / Size;

    public int First { get; }

    public int Width { get; }

    /// <summary>Whether others before those inside belong to the first column.</summary>
    public bool ClipsBefore => TSide.Descends ? First + Width == TTable.Value : First == 0;

    /// <summary>Whether others after those inside belong to the last column.</summary>
    public bool ClipsAfter => TSide.Descends ? First == 0 : First + Width == TTable.Value;

    /// <summary>The table's row of a column.</summary>
    public int Row(int column) => TSide.Descends ? First + Width - 1 - column : First + column;

    /// <summary>What is added to another's position to give its column.</summary>
    public int Shift(int position)
    {
        int middle = TTable.Value / 2;
        return TSide.Descends ? First + Width - 1 - middle - position : middle - First - position;
    }

    /// <summary>The others, of so many, that have a column of their own.</summary>
    public (int Start, int End) Inside(int position, int others)
    {
        int shift = Shift(position);
        return (Math.Clamp(-shift, 0, others), Math.Clamp(Width - shift, 0, others));
    }

    /// <summary>Whether any of these positions has one of the others in the band.</summary>
    public bool Touches(int position, int positions, int others) =>
        (ClipsBefore || -Shift(position) < others) && (ClipsAfter || Width - Shift(position + positions - 1) > 0);
}
