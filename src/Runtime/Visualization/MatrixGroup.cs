namespace Transformer.Compiled.Visualization;

/// <summary>Gives the matrix [rows, columns] of a layer and head.</summary>
internal delegate ReadOnlySpan<float> MatrixSource(int layer, int head);

/// <summary>Matrices of one shape that a page or a picture shows: one for each layer and head.</summary>
internal sealed class MatrixGroup
{
    /// <summary>What the matrices are.</summary>
    public required string Label { get; init; }

    /// <summary>The heading of the rows.</summary>
    public required string RowTitle { get; init; }

    /// <summary>The heading of the columns.</summary>
    public required string ColumnTitle { get; init; }

    /// <summary>What one row is.</summary>
    public required string RowName { get; init; }

    /// <summary>What one column is.</summary>
    public required string ColumnName { get; init; }

    public required IReadOnlyList<string> RowLabels { get; init; }

    public required IReadOnlyList<string> ColumnLabels { get; init; }

    public int Layers { get; init; } = 1;

    public int Heads { get; init; } = 1;

    public required MatrixRange Range { get; init; }

    public required MatrixSource Values { get; init; }
}

/// <summary>What the values of a matrix may be, which chooses the colours.</summary>
internal enum MatrixRange
{
    /// <summary>0 and above.</summary>
    Positive,

    /// <summary>Below 0 and above.</summary>
    Signed,
}
