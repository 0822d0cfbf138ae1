using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class SoftmaxCrossEntropy
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor logits = Inputs[0]!, targets = Inputs[1]!;
        CrossEntropyShape shape = ShapeOf(logits.Shape, Options);
        return
        [
            new PtxLaunch(lowering.Kernel(SoftmaxCrossEntropyKernels.Rows, shape))
                .Address("logits", logits).Address("targets", targets).Address("classWeights", Options.ClassWeights)
                .Address("rowLosses", RowLosses).Address("logNormalizers", LogNormalizers),
            new PtxLaunch(lowering.Kernel(SoftmaxCrossEntropyKernels.Mean, shape))
                .Address("rowLosses", RowLosses).Address("targets", targets).Address("classWeights", Options.ClassWeights).Address("loss", Loss),
        ];
    }

    internal static CrossEntropyShape ShapeOf(Shape logits, LossOptions options) => new(
        PtxLowering.WholeRows(logits), logits.Columns, options.LabelSmoothing, options.ClassWeights is null ? ClassWeights.None : ClassWeights.Given);
}

internal sealed partial class SoftmaxCrossEntropyGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        CrossEntropyShape shape = SoftmaxCrossEntropy.ShapeOf(Outputs[0].Shape, Options);
        return
        [
            new PtxLaunch(lowering.Kernel(SoftmaxCrossEntropyKernels.Shares, shape))
                .Address("targets", Inputs[1]).Address("classWeights", Options.ClassWeights).Workspace("shares", 0, SoftmaxCrossEntropyKernels.SharesFloats),
            new PtxLaunch(lowering.Kernel(SoftmaxCrossEntropyKernels.Gradient, shape))
                .Address("logits", Inputs[0]).Address("targets", Inputs[1]).Address("logNormalizers", Inputs[2]).Address("classWeights", Options.ClassWeights)
                .Workspace("shares", 0, SoftmaxCrossEntropyKernels.SharesFloats).Address("dLogits", Outputs[0]),
        ];
    }
}
