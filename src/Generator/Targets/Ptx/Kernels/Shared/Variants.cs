using System.Globalization;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Whether a kernel adds a tensor of the destination's shape.</summary>
internal enum Addend
{
    None,

    /// <summary>A tensor of its own parameter, which may be the destination.</summary>
    Added,

    /// <summary>What the destination holds, unless the control block says that this is the first micro-batch: a parameter's gradient.</summary>
    Accumulated,
}

/// <summary>How rows of a table or weight lie in memory, as the run-time's <c>ITableLayout</c>.</summary>
internal enum TableLayout
{
    RowMajor,

    /// <summary>Panels of 16 rows: element (row, column) at (row / 16 · columns + column) · 16 + row % 16; rows behind the last are zero.</summary>
    Panels,
}

/// <summary>The panels that projections lie in.</summary>
internal static class Panel
{
    public const int Width = 16;

    public static int Count(int outputs) => (outputs + Width - 1) / Width;
}

/// <summary>Constants of a kernel's specialisation in its name, from their bits.</summary>
internal static class FloatName
{
    public static string Of(float value) => BitConverter.ToUInt32(BitConverter.GetBytes(value), 0).ToString("X8", CultureInfo.InvariantCulture);
}

internal static class AddendNames
{
    public static string Suffix(this Addend addend) => addend switch
    {
        Addend.None => "",
        Addend.Added => "_Add",
        _ => "_Accumulate",
    };

    public static string Term(this Addend addend) => addend switch
    {
        Addend.None => "",
        Addend.Added => " + addend",
        _ => " + earlier micro-batches",
    };

    /// <summary>Declares the parameter, if there is one.</summary>
    public static GlobalAddress? Buffer(this Addend addend, PtxBuilder k, string name = "addend") => k.BufferIf(addend == Addend.Added, name);
}
