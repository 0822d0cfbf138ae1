using System.ComponentModel;

namespace Transformer.Compiled.Kernels;

/// <summary>
/// How a table [V, D] lies in memory. It is a stack of lines that hold <see cref="RowsPerLine"/> rows each, column by column:
/// element (row, column) is at ((row / R) · D + column) · R + row % R, with R rows per line.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITableLayout
{
    internal static abstract int RowsPerLine { get; }
}

/// <summary>Row after row: for tables that are only gathered from.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct RowMajor : ITableLayout
{
    static int ITableLayout.RowsPerLine => 1;
}

/// <summary>Panels of 16 rows, as linear layers read them: for tables that are also an output projection. Rows behind the last are zero.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Panels : ITableLayout
{
    static int ITableLayout.RowsPerLine => 16;
}
