using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class RelativeScores
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor q = Inputs[Q]!, table = Inputs[Table]!;
        return [RelativeLowering.Scores(lowering, Shape, RelativeSide.Queries, q, table, addend: null, Scores)];
    }
}

internal sealed partial class RelativeKeyScores
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor k = Inputs[K]!, table = Inputs[Table]!;
        return [RelativeLowering.Scores(lowering, Shape, RelativeSide.Keys, k, table, Addend, Y)];
    }
}

internal sealed partial class RelativeInputGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
        [RelativeLowering.Gather(lowering, Shape, Side, Inputs[0]!, Inputs[1]!, Addend, Outputs[0])];
}

internal sealed partial class RelativeTableGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor x = Inputs[1]!, dTable = Outputs[0];
        RelativePairs pairs = RelativeLowering.PairsOf(Shape, Side, x, dTable);
        PtxKernel kernel = lowering.Kernel(RelativeTableGradientKernel.Of, pairs, Shape.Spec.Scale, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Address("weights", Inputs[0]).Address("x", x).Address("addend", PtxLowering.Addend(Addend)).Address("dTable", dTable)];
    }
}

internal sealed partial class CachedRelativeScores
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor q = Inputs[Q]!, table = Inputs[Table]!;
        PtxKernel kernel = lowering.Kernel(CachedRelativeScoreKernel.Of, RelativeLowering.DistancesOf(Shape, q, ContextLength, table), Shape.Spec.Scale);
        return [new PtxLaunch(kernel).Address("q", q).Address("table", table).Address("positions", Inputs[Positions]).Address("scores", Scores)];
    }
}

internal sealed partial class RelativeValues
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
        [RelativeLowering.Gather(lowering, Shape, RelativeSide.Queries, Inputs[Weights]!, Inputs[Table]!, Addend, Y)];
}

internal sealed partial class CachedRelativeValues
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor table = Inputs[Table]!;
        PtxKernel kernel = lowering.Kernel(RelativeGatherKernels.Cached, RelativeLowering.DistancesOf(Shape, Y, ContextLength, table), PtxLowering.KindOf(Addend));
        return
        [
            new PtxLaunch(kernel).Address("weights", Inputs[Weights]).Address("table", table).Address("positions", Inputs[Positions])
                .Address("addend", PtxLowering.Addend(Addend)).Address("y", Y),
        ];
    }
}

internal static partial class RelativeLowering
{
    /// <summary>What kernels are specialised by: the vectors, or their gradient, and the table, or its.</summary>
    public static RelativePairs PairsOf(AttentionShape shape, RelativeSide side, Tensor vectors, Tensor table) => new(
        PtxLowering.Rows(vectors.Shape), shape.Sequences, shape.Queries, shape.Keys, shape.Spec.Heads,
        side == RelativeSide.Keys ? shape.Spec.KeyValueHeads : shape.Spec.Heads, shape.Spec.HeadDim, table.Shape.Rows, side);

    /// <summary>Of rows [rows, heads · width] that attend to a cache.</summary>
    public static CachedDistances DistancesOf(AttentionShape shape, Tensor vectors, int context, Tensor table) =>
        new(PtxLowering.Rows(vectors.Shape), context, shape.Spec.Heads, shape.Spec.HeadDim, table.Shape.Rows);

    /// <summary>scores = scale · x·table + addend.</summary>
    public static PtxLaunch Scores(
        PtxLowering lowering, AttentionShape shape, RelativeSide side, Tensor x, Tensor table, Tensor? addend, Tensor scores)
    {
        PtxKernel kernel = lowering.Kernel(RelativeScoreKernel.Of, PairsOf(shape, side, x, table), shape.Spec.Scale, PtxLowering.KindOf(addend));
        return new PtxLaunch(kernel).Address("x", x).Address("table", table).Address("addend", PtxLowering.Addend(addend)).Address("scores", scores);
    }

    /// <summary>y = scale · Σ weights · table + addend.</summary>
    public static PtxLaunch Gather(
        PtxLowering lowering, AttentionShape shape, RelativeSide side, Tensor weights, Tensor table, Tensor? addend, Tensor y)
    {
        PtxKernel kernel = lowering.Kernel(RelativeGatherKernels.Of, PairsOf(shape, side, y, table), shape.Spec.Scale, PtxLowering.KindOf(addend));
        return new PtxLaunch(kernel).Address("weights", weights).Address("table", table).Address("addend", PtxLowering.Addend(addend)).Address("y", y);
    }
}
