using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class SoftTargetCrossEntropy
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Inputs[0]!.Shape;
        int rows = PtxLowering.WholeRows(shape);
        return
        [
            new PtxLaunch(lowering.Kernel(SoftTargetCrossEntropyKernels.Rows, rows, shape.Columns))
                .Address("logits", Inputs[0]).Address("targets", Inputs[1])
                .Address("rowLosses", RowLosses).Address("logNormalizers", LogNormalizers).Address("targetSums", TargetSums),
            new PtxLaunch(lowering.Kernel(SoftTargetCrossEntropyKernels.Means.Mean, rows))
                .Address("rowLosses", RowLosses).Address("targetSums", TargetSums).Address("loss", Loss),
        ];
    }
}

internal sealed partial class SoftTargetCrossEntropyGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Outputs[0].Shape;
        int rows = PtxLowering.WholeRows(shape);
        return
        [
            new PtxLaunch(lowering.Kernel(SoftTargetCrossEntropyKernels.Means.Share, rows)).Address("targetSums", Inputs[3]).Workspace("share", 0, 1),
            new PtxLaunch(lowering.Kernel(SoftTargetCrossEntropyKernels.Gradient, rows, shape.Columns))
                .Address("logits", Inputs[0]).Address("targets", Inputs[1]).Address("logNormalizers", Inputs[2]).Address("targetSums", Inputs[3])
                .Workspace("share", 0, 1).Address("dLogits", Outputs[0]),
        ];
    }
}
