namespace Transformer.Compiled.Generator.Graph;

internal enum ParameterKind { Projection, Embedding, Norm, Bias }

/// <summary>How a parameter lies in memory.</summary>
internal enum StorageFormat
{
    RowMajor,

    /// <summary>Panels of 16 rows: element (n, k) at ((n / 16) · K + k) · 16 + n mod 16, padding lanes zero.</summary>
    Panels,
}

internal enum InitializerKind { Zeros, Ones, Normal, Uniform }

/// <param name="Scale">The standard deviation of a normal, the bound of a uniform distribution.</param>
internal sealed record Initializer(InitializerKind Kind, float Scale = 0)
{
    public static Initializer Zeros { get; } = new(InitializerKind.Zeros);
    public static Initializer Ones { get; } = new(InitializerKind.Ones);
}

/// <summary>A trained (or frozen) tensor of the model: a matrix [rows, columns], or a vector with one column.</summary>
internal sealed class Parameter
{
    public const int PanelWidth = 16;

    public Parameter(string name, ParameterKind kind, int rows, int columns, Initializer initializer)
    {
        Name = name;
        Kind = kind;
        Rows = rows;
        Columns = columns;
        Initializer = initializer;
        Tensor = new Tensor(name, IsVector ? new Shape(rows) : new Shape(rows, columns), TensorRole.Parameter) { Parameter = this };
    }

    public string Name { get; }

    public ParameterKind Kind { get; }

    public int Rows { get; }

    public int Columns { get; }

    public Initializer Initializer { get; }

    /// <summary>Set to <see cref="StorageFormat.Panels"/> by the first projection that multiplies by it.</summary>
    public StorageFormat Format { get; set; } = StorageFormat.RowMajor;

    public bool IsTrained { get; set; } = true;

    public bool IsVector => Kind is ParameterKind.Norm or ParameterKind.Bias;

    public long Elements => (long)Rows * Columns;

    /// <summary>Floats that it takes in memory, padding lanes included.</summary>
    public long StorageFloats =>
        Format == StorageFormat.Panels ? (Rows + PanelWidth - 1) / PanelWidth * (long)PanelWidth * Columns : Elements;

    public Tensor Tensor { get; }
}
