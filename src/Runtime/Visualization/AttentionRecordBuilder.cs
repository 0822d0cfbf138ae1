namespace Transformer.Compiled.Visualization;

/// <summary>
/// Gathers visible attention row by row, as decoding gives it: each new row is a query, and may see more keys than those before it.
/// </summary>
/// <remarks>
/// What nobody has set is 0, so that rows may be shorter than the record is wide. Within the capacities nothing is allocated; beyond them
/// memory doubles. One thread at a time.
/// </remarks>
public sealed class AttentionRecordBuilder
{
    private float[] _weights;
    private int _rowCapacity;
    private int _columnCapacity;

    /// <param name="kind">Who looks at whom.</param>
    /// <param name="layers">Layers, at least 1.</param>
    /// <param name="heads">Heads of a layer, at least 1.</param>
    /// <param name="rowCapacity">Queries that fit before more memory is taken, at least 1.</param>
    /// <param name="columnCapacity">Keys that fit before more memory is taken, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="InvalidOperationException">The weights are more than one array holds.</exception>
    public AttentionRecordBuilder(AttentionKind kind, int layers, int heads, int rowCapacity = 16, int columnCapacity = 16)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(heads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowCapacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columnCapacity);
        Kind = kind;
        Layers = layers;
        Heads = heads;
        _rowCapacity = rowCapacity;
        _columnCapacity = columnCapacity;
        _weights = NewMatrices(rowCapacity, columnCapacity);
    }

    /// <summary>Who looks at whom.</summary>
    public AttentionKind Kind { get; }

    /// <summary>Layers.</summary>
    public int Layers { get; }

    /// <summary>Heads of a layer.</summary>
    public int Heads { get; }

    /// <summary>Queries so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Keys so far.</summary>
    public int Columns { get; private set; }

    /// <summary>Adds queries that see nothing yet.</summary>
    /// <param name="rows">New queries, at least 1.</param>
    /// <param name="columns">Keys that there are now; those that there were before stay.</param>
    /// <returns>The first new row.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="InvalidOperationException">The weights are more than one array holds.</exception>
    public int AddRows(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        int first = Rows;
        columns = Math.Max(columns, Columns);
        if (first + rows > _rowCapacity || columns > _columnCapacity)
            Grow(Enough(_rowCapacity, first + rows), Enough(_columnCapacity, columns));
        Rows += rows;
        Columns = columns;
        return first;
    }

    /// <summary>The weights of a row, one for each of the <see cref="Columns"/>, to be read or written. Invalid after the next <see cref="AddRows"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer, head or row.</exception>
    public Span<float> Row(int layer, int head, int row)
    {
        ThrowIfOutside(layer, Layers, nameof(layer));
        ThrowIfOutside(head, Heads, nameof(head));
        ThrowIfOutside(row, Rows, nameof(row));
        return _weights.AsSpan(Offset(layer, head, row, _rowCapacity, _columnCapacity), Columns);
    }

    /// <summary>Forgets all rows and keys; the memory stays.</summary>
    public void Clear()
    {
        Array.Clear(_weights);
        Rows = 0;
        Columns = 0;
    }

    /// <summary>A record of what there is; the builder may go on.</summary>
    /// <param name="queryTokens">The text of each row.</param>
    /// <param name="keyTokens">The text of each column.</param>
    /// <exception cref="InvalidOperationException">There is no row yet.</exception>
    /// <exception cref="ArgumentException">A number of tokens is not that of rows or columns, or what was written is negative, infinite or NaN.</exception>
    public AttentionRecord Build(IReadOnlyList<string> queryTokens, IReadOnlyList<string> keyTokens)
    {
        ArgumentNullException.ThrowIfNull(queryTokens);
        ArgumentNullException.ThrowIfNull(keyTokens);
        if (Rows == 0) throw new InvalidOperationException("There is no attention yet: no row was added.");
        AttentionRecord.ThrowIfOfOtherLength(queryTokens.Count, Rows, "rows", nameof(queryTokens));
        AttentionRecord.ThrowIfOfOtherLength(keyTokens.Count, Columns, "columns", nameof(keyTokens));
        return AttentionRecord.Of(Kind, Layers, Heads, queryTokens, keyTokens, Packed(Rows, Columns));
    }

    private static int Enough(int capacity, int needed) => needed <= capacity ? capacity : Math.Max(needed, 2 * capacity);

    private static void ThrowIfOutside(int index, int count, string name)
    {
        if ((uint)index >= (uint)count) throw new ArgumentOutOfRangeException(name, index, $"There are {count}, numbered from 0.");
    }

    private void Grow(int rowCapacity, int columnCapacity)
    {
        _weights = Packed(rowCapacity, columnCapacity);
        _rowCapacity = rowCapacity;
        _columnCapacity = columnCapacity;
    }

    /// <summary>A copy of the rows and columns so far, in matrices of another size.</summary>
    private float[] Packed(int rows, int columns)
    {
        float[] packed = NewMatrices(rows, columns);
        for (int layer = 0; layer < Layers; layer++)
        {
            for (int head = 0; head < Heads; head++)
            {
                for (int row = 0; row < Rows; row++) Row(layer, head, row).CopyTo(packed.AsSpan(Offset(layer, head, row, rows, columns)));
            }
        }
        return packed;
    }

    private float[] NewMatrices(int rows, int columns)
    {
        Int128 count = (Int128)Layers * Heads * rows * columns;
        if (count <= Array.MaxLength) return new float[(int)count];
        throw new InvalidOperationException(
            $"{Layers} layers × {Heads} heads × {rows} queries × {columns} keys are {count} weights, more than one record can hold.");
    }

    private int Offset(int layer, int head, int row, int rows, int columns) => ((((layer * Heads) + head) * rows) + row) * columns;
}
