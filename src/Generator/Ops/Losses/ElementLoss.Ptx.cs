using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal abstract partial class ElementLoss
{
    /// <summary>The loss of an element on the device.</summary>
    protected abstract ElementLossFormula Formula { get; }

    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Inputs[0]!.Shape;
        int rows = PtxLowering.WholeRows(shape);
        return
        [
            new PtxLaunch(lowering.Kernel(ElementLossKernels.Rows, Formula, rows, shape.Columns))
                .Address("predictions", Inputs[0]).Address("targets", Inputs[1]).Address("rowLosses", RowLosses).Address("rowCounts", RowCounts),
            new PtxLaunch(lowering.Kernel(ElementLossKernels.Means.Mean, rows)).Address("rowLosses", RowLosses).Address("rowCounts", RowCounts).Address("loss", Loss),
        ];
    }
}

internal abstract partial class ElementLossGradient
{
    /// <inheritdoc cref="ElementLoss.Formula"/>
    protected abstract ElementLossFormula Formula { get; }

    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Outputs[0].Shape;
        int rows = PtxLowering.WholeRows(shape);
        return
        [
            new PtxLaunch(lowering.Kernel(ElementLossKernels.Means.Share, rows)).Address("rowCounts", Inputs[2]).Workspace("share", 0, 1),
            new PtxLaunch(lowering.Kernel(ElementLossKernels.Gradient, Formula, rows, shape.Columns))
                .Address("predictions", Inputs[0]).Address("targets", Inputs[1]).Workspace("share", 0, 1).Address("gradient", Outputs[0]),
        ];
    }
}

internal sealed partial class BinaryCrossEntropyLoss
{
    protected override ElementLossFormula Formula => ElementLossFormula.BinaryCrossEntropy;
}

internal sealed partial class BinaryCrossEntropyGradient
{
    protected override ElementLossFormula Formula => ElementLossFormula.BinaryCrossEntropy;
}

internal sealed partial class MeanSquaredErrorLoss
{
    protected override ElementLossFormula Formula => ElementLossFormula.MeanSquaredError;
}

internal sealed partial class MeanSquaredErrorGradient
{
    protected override ElementLossFormula Formula => ElementLossFormula.MeanSquaredError;
}
