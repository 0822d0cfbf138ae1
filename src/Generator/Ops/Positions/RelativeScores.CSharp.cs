using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class RelativeScores
{
    public override KernelCall LowerToCSharp()
    {
        Tensor q = Inputs[Q]!, table = Inputs[Table]!;
        return RelativeLowering.Call("Forward", "Scores", RelativeSide.Queries, Shape, table, $"{Scores} = {q} · {table}[query − key]", addend: null)
            .Address("x", q).Address("table", table).Address("addend", null).Sizes(Shape, q).Address("scores", Scores);
    }
}

internal sealed partial class RelativeKeyScores
{
    public override KernelCall LowerToCSharp()
    {
        Tensor k = Inputs[K]!, table = Inputs[Table]!;
        return RelativeLowering.Call("Forward", "Scores", RelativeSide.Keys, Shape, table, $"{Y} = {k} · {table}[query − key]", Addend)
            .Address("x", k).Address("table", table).Address("addend", Addend).Sizes(Shape, k).Address("scores", Y);
    }
}

internal sealed partial class RelativeInputGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dx = Outputs[0], table = Inputs[1]!;
        return RelativeLowering.Call("InputGradient", "InputGradient", Side, Shape, table, $"{dx} = {Inputs[0]} · {table}[query − key]", Addend)
            .Address("dScores", Inputs[0]).Address("table", table).Address("addend", Addend).Sizes(Shape, dx).Address("dx", dx);
    }
}

internal sealed partial class RelativeTableGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dTable = Outputs[0], x = Inputs[1]!;
        return RelativeLowering.Call("TableGradient", "TableGradient", Side, Shape, dTable, $"{dTable}[query − key] = {Inputs[0]} · {x}", Addend)
            .Address("dScores", Inputs[0]).Address("x", x).Address("addend", Addend).Sizes(Shape, x).Address("dTable", dTable);
    }
}

internal sealed partial class CachedRelativeScores
{
    public override KernelCall LowerToCSharp()
    {
        Tensor q = Inputs[Q]!, table = Inputs[Table]!;
        return new KernelCall(
                "RelativeScores.Cached",
                $"CachedRelativeScores_{q.Shape.Rows}x{ContextLength}x{Shape.Spec.Heads}x{Shape.Spec.HeadDim}x{table.Shape.Rows}",
                $"{Scores} = {q} · {table}[{Inputs[Positions]} − key]")
            .Dimension(Shape.Spec.Heads).Dimension(Shape.Spec.HeadDim).Dimension(table.Shape.Rows).Dimension(ContextLength)
            .Address("q", q).Address("table", table).Address("positions", Inputs[Positions])
            .Constant("scale", Shape.Spec.Scale).Extent("rows", q.Shape).Address("scores", Scores);
    }
}

/// <summary>What the kernels of scores by distance have in common.</summary>
internal static partial class RelativeLowering
{
    /// <param name="kernel">The method of the run-time's class.</param>
    /// <param name="what">The name's part.</param>
    /// <param name="side">Whose vectors meet the table.</param>
    /// <param name="shape">Of the attention.</param>
    /// <param name="table">The table, or its gradient.</param>
    /// <param name="formula">What it computes.</param>
    /// <param name="addend">What is added.</param>
    public static KernelCall Call(string kernel, string what, RelativeSide side, AttentionShape shape, Tensor table, string formula, Tensor? addend)
    {
        string name = $"Relative{(side == RelativeSide.Keys ? "Key" : "")}{what}_{shape.Sequences}x{shape.Queries}{(shape.Keys == shape.Queries ? "" : $"x{shape.Keys}")}";
        return new KernelCall(
                $"RelativeScores.{kernel}",
                $"{name}x{shape.Spec.Heads}x{shape.Spec.HeadDim}x{table.Shape.Rows}" + KernelNames.AddendSuffix(addend),
                formula + KernelNames.AddendTerm(addend))
            .Dimension(shape.Spec.Heads).Dimension(side == RelativeSide.Keys ? shape.Spec.KeyValueHeads : shape.Spec.Heads)
            .Dimension(shape.Spec.HeadDim).Dimension(table.Shape.Rows).Type($"Relative{side}");
    }

    /// <summary>Scale and extents, by the rows of the vectors.</summary>
    public static KernelCall Sizes(this KernelCall call, AttentionShape shape, Tensor vectors)
    {
        call.Constant("scale", shape.Spec.Scale).Constant("sequences", shape.Sequences);
        return vectors.Shape.IsBounded
            ? call.Share("queries", vectors.Shape, shape.Sequences).Share("keys", vectors.Shape, shape.Sequences)
            : call.Constant("queries", shape.Queries).Constant("keys", shape.Keys);
    }
}
