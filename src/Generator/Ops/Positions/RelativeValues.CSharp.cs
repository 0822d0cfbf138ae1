using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class RelativeValues
{
    public override KernelCall LowerToCSharp()
    {
        Tensor weights = Inputs[Weights]!, table = Inputs[Table]!;
        KernelCall call = new KernelCall(
                "RelativeScores.Values",
                $"RelativeValues_{Shape.Sequences}x{Shape.Queries}{(Shape.Keys == Shape.Queries ? "" : $"x{Shape.Keys}")}x{Shape.Spec.Heads}x{Shape.Spec.HeadDim}x{table.Shape.Rows}",
                $"{Y} = {weights} · {table}[query − key]" + KernelNames.AddendTerm(Addend))
            .Dimension(Shape.Spec.Heads).Dimension(Shape.Spec.HeadDim).Dimension(table.Shape.Rows)
            .Address("weights", weights).Address("table", table).Address("o", Addend).Constant("sequences", Shape.Sequences);
        call = Y.Shape.IsBounded
            ? call.Share("queries", Y.Shape, Shape.Sequences).Share("keys", Y.Shape, Shape.Sequences)
            : call.Constant("queries", Shape.Queries).Constant("keys", Shape.Keys);
        return call.Address("y", Y);
    }
}

internal sealed partial class CachedRelativeValues
{
    public override KernelCall LowerToCSharp()
    {
        Tensor weights = Inputs[Weights]!, table = Inputs[Table]!;
        return new KernelCall(
                "RelativeScores.CachedValues",
                $"CachedRelativeValues_{Y.Shape.Rows}x{ContextLength}x{Shape.Spec.Heads}x{Shape.Spec.HeadDim}x{table.Shape.Rows}",
                $"{Y} = {weights} · {table}[{Inputs[Positions]} − key]" + KernelNames.AddendTerm(Addend))
            .Dimension(Shape.Spec.Heads).Dimension(Shape.Spec.HeadDim).Dimension(table.Shape.Rows).Dimension(ContextLength)
            .Address("weights", weights).Address("table", table).Address("positions", Inputs[Positions]).Address("o", Addend)
            .Extent("rows", Y.Shape).Address("y", Y);
    }
}
