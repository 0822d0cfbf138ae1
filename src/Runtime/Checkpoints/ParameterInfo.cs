using System.ComponentModel;

namespace Transformer.Compiled.Checkpoints;

/// <summary>What a parameter is for; optimizers choose by it what decays.</summary>
public enum ParameterKind
{
    /// <summary>The weight matrix of a linear map.</summary>
    Projection,

    /// <summary>A table of tokens, positions or the like; a tied head is one too.</summary>
    Embedding,

    /// <summary>Weight or bias of a normalisation.</summary>
    Norm,

    /// <summary>The bias of a linear map.</summary>
    Bias,
}

/// <summary>How a parameter's matrix lies in memory.</summary>
public enum StorageFormat
{
    /// <summary>Rows one after the other.</summary>
    RowMajor,

    /// <summary>
    /// Panels of 16 rows, each with its columns one after the other: element (n, k) at ((n / 16) · Columns + k) · 16 + n % 16.
    /// The last panel's missing rows are zeros.
    /// </summary>
    Panels,
}

/// <summary>One parameter of a model: a matrix [Rows, Columns] in the model's storage. Vectors have one column.</summary>
/// <param name="Name">Its stable name, from which its initial values are drawn.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Rows">Rows: outputs of a projection, entries of a table, elements of a vector.</param>
/// <param name="Columns">Columns: inputs of a projection, the width of a table, 1 for a vector.</param>
/// <param name="Offset">Its first float in the storage.</param>
/// <param name="Format">How it lies there.</param>
/// <param name="Init">Where its initial values come from.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ParameterInfo(string Name, ParameterKind Kind, int Rows, int Columns, nint Offset, StorageFormat Format, Initializer Init)
{
    /// <summary>Rows in a panel.</summary>
    public const int PanelRows = 16;

    /// <summary>Floats of storage, padding included.</summary>
    public nint Floats => Format == StorageFormat.RowMajor
        ? checked((nint)Rows * Columns)
        : checked(((nint)Rows + PanelRows - 1) / PanelRows * PanelRows * Columns);

    /// <summary>Where in the storage the element (row, column) is.</summary>
    internal nint ElementOffset(int row, int column) => Offset + (Format == StorageFormat.RowMajor
        ? (nint)row * Columns + column
        : ((nint)(row / PanelRows) * Columns + column) * PanelRows + row % PanelRows);
}
