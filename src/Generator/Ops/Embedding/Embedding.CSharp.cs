using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Embedding
{
    public override KernelCall LowerToCSharp()
    {
        Tensor indices = Inputs[Indices]!, table = Inputs[Table]!;
        string first = FirstRow == 0 ? "" : $"{FirstRow} + ";
        string factor = Scale == 1 ? "" : $"{FloatLiteral.Format(Scale)} · ";
        return new KernelCall(
                "Embedding.Forward",
                $"Embedding_{indices.Shape.Rows}x{table.Shape.Columns}" + KernelNames.LayoutSuffix(table) + KernelNames.AddendSuffix(Addend),
                $"{Y} = {factor}{table}[{first}{indices}]" + KernelNames.AddendTerm(Addend))
            .Dimension(table.Shape.Columns).Type(KernelNames.Layout(table)).Address("indices", indices).Address("table", table, (long)FirstRow * table.Shape.Columns)
            .Constant("scale", Scale).Address("addend", Addend).Extent("rows", indices.Shape).Address("y", Y);
    }
}

internal sealed partial class EmbeddingGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor indices = Inputs[0]!, dy = Inputs[1]!, dTable = Outputs[0];
        long skipped = (long)FirstRow * dTable.Shape.Columns;
        string first = FirstRow == 0 ? "" : $"{FirstRow} + ";
        return new KernelCall(
                "Embedding.Gradient",
                $"EmbeddingGradient_{indices.Shape.Rows}x{dTable.Shape.Rows - FirstRow}x{dTable.Shape.Columns}" + KernelNames.LayoutSuffix(dTable),
                $"{dTable}[{first}{indices}] = {dy}" + KernelNames.AddendTerm(Addend))
            .Dimension(dTable.Shape.Rows - FirstRow).Dimension(dTable.Shape.Columns).Type(KernelNames.Layout(dTable))
            .Address("indices", indices).Address("dy", dy).Constant("scale", Scale).Constant("ignored", Untrained).Address("addend", Addend, skipped)
            .Extent("rows", indices.Shape).Address("dTable", dTable, skipped);
    }
}
