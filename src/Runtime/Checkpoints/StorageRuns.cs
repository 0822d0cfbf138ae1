namespace Transformer.Compiled.Checkpoints;

/// <summary>Consecutive elements of a checkpoint tensor, and where they are in the storage: every <see cref="Stride"/> floats.</summary>
internal readonly record struct StorageRun(nint Offset, int Stride, int Length);

/// <summary>
/// Walks consecutive elements of a checkpoint tensor as runs that are evenly spaced in the storage. Two orientations and two formats make
/// four kinds of run: contiguous rows, a row across a panel, a column across rows, and a column's 16 lanes within a panel.
/// </summary>
internal ref struct StorageRuns(ModelLayout layout, CheckpointTensor tensor, long first, int count)
{
    private readonly int _columns = layout.Parameters[tensor.Rows[0].Parameter].Columns;
    private long _next = first;
    private int _remaining = count;

    public StorageRun Current { get; private set; }

    public readonly StorageRuns GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_remaining == 0) return false;
        bool transposed = tensor.Orientation == TensorOrientation.Transposed;
        (long slow, long fast) = Math.DivRem(_next, transposed ? tensor.Count / _columns : _columns);
        (int row, int column) = transposed ? ((int)fast, (int)slow) : ((int)slow, (int)fast);
        RowRange range = RangeFrom(row);
        ParameterInfo parameter = layout.Parameters[range.Parameter];
        nint offset = parameter.ElementOffset(range.Start, column);

        (int stride, long length) = (transposed, parameter.Format) switch
        {
            (false, StorageFormat.RowMajor) => (1, (long)range.Count * parameter.Columns - column),
            (false, _) => (ParameterInfo.PanelRows, parameter.Columns - column),
            (true, StorageFormat.RowMajor) => (parameter.Columns, range.Count),
            (true, _) => (1, Math.Min(range.Count, ParameterInfo.PanelRows - range.Start % ParameterInfo.PanelRows)),
        };
        Current = new StorageRun(offset, stride, (int)Math.Min(length, _remaining));
        _next += Current.Length;
        _remaining -= Current.Length;
        return true;
    }

    /// <summary>What is left of the range that holds a row of the tensor, from that row on.</summary>
    private readonly RowRange RangeFrom(int row)
    {
        foreach (RowRange range in tensor.Rows)
        {
            if (row < range.Count) return new RowRange(range.Parameter, range.Start + row, range.Count - row);
            row -= range.Count;
        }

        throw new InvalidOperationException($"Row {row} lies outside tensor '{tensor.Name}'.");
    }
}
