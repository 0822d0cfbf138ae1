using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Activate
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
        [new PtxLaunch(lowering.Kernel(ElementwiseKernels.Activate, PtxLowering.Rows(Y.Shape), Y.Shape.Columns, Activation)).Address("x", Inputs[0]).Address("y", Y)];
}

internal sealed partial class ActivateGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Outputs[0].Shape;
        return
        [
            new PtxLaunch(lowering.Kernel(ElementwiseKernels.ActivateGradient, PtxLowering.Rows(shape), shape.Columns, Activation))
                .Address("x", Inputs[0]).Address("dy", Inputs[1]).Address("dx", Outputs[0]),
        ];
    }
}

internal sealed partial class GatedActivate
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
    [
        new PtxLaunch(lowering.Kernel(ElementwiseKernels.GatedActivate, PtxLowering.Rows(Y.Shape), Y.Shape.Columns, Activation))
            .Address("gate", Inputs[0]).Address("up", Inputs[1]).Address("y", Y),
    ];
}

internal sealed partial class GatedActivateGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Outputs[0].Shape;
        return
        [
            new PtxLaunch(lowering.Kernel(ElementwiseKernels.GatedActivateGradient, PtxLowering.Rows(shape), shape.Columns, Activation))
                .Address("gate", Inputs[0]).Address("up", Inputs[1]).Address("dy", Inputs[2]).Address("dGate", Outputs[0]).Address("dUp", Outputs[1]),
        ];
    }
}
