using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Parts that the names and comments of many kernels share.</summary>
internal static class KernelNames
{
    public static string AddendSuffix(Tensor? addend) => addend is null ? "" : "_Add";

    /// <summary>" + name[shape]"; a parameter's gradient from earlier micro-batches, and earlier versions of itself, read as such.</summary>
    public static string AddendTerm(Tensor? addend) => addend switch
    {
        null => "",
        { Role: TensorRole.ParameterGradient, Version: 0 } => " + earlier micro-batches",
        { Role: TensorRole.ParameterGradient } => " + itself",
        _ => $" + {addend}",
    };

    /// <summary>"name[shape]", or "(name[shape] + 1f)" with an offset.</summary>
    public static string OffsetTerm(Tensor tensor, float offset) => offset == 0 ? $"{tensor}" : $"({tensor} + {FloatLiteral.Format(offset)})";

    /// <summary>The run-time type of a table's layout.</summary>
    public static string Layout(Tensor table) => (table.Parameter?.Format ?? StorageFormat.RowMajor).ToString();

    public static string LayoutSuffix(Tensor table) => table.Parameter?.Format == StorageFormat.Panels ? "_Panels" : "";
}
