using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Pool
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor x = Inputs[X]!;
        PtxKernel kernel = lowering.Kernel(PoolKernels.Forward, ShapeOf(x, Inputs[Mask], Sequences), Kind);
        return [new PtxLaunch(kernel).Address("x", x).Address("mask", Inputs[Mask]).Address("y", Y)];
    }

    internal static PoolShape ShapeOf(Tensor x, Tensor? mask, int sequences) =>
        new(PtxLowering.Rows(x.Shape), sequences, x.Shape.Columns, mask is null ? PoolMask.None : PoolMask.Given);
}

internal sealed partial class PoolGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor dx = Outputs[0];
        PtxLaunch launch = new PtxLaunch(lowering.Kernel(PoolKernels.Gradient, Pool.ShapeOf(dx, Inputs[1], Sequences), Kind)).Address("dy", Inputs[0]).Address("mask", Inputs[1]);
        if (Kind == PoolingKind.Max) launch.Address("x", Inputs[2]).Address("y", Inputs[3]);
        return [launch.Address("dx", dx)];
    }
}

internal sealed partial class NormalizeRows
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
    [
        new PtxLaunch(lowering.Kernel(NormalizeRowsKernels.Forward, PtxLowering.Rows(Y.Shape), Y.Shape.Columns, Epsilon)).Address("x", Inputs[0]).Address("y", Y),
    ];
}

internal sealed partial class NormalizeRowsGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor dx = Outputs[0];
        PtxKernel kernel = lowering.Kernel(NormalizeRowsKernels.Gradient, PtxLowering.Rows(dx.Shape), dx.Shape.Columns, NormalizeRows.Epsilon, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Address("dy", Inputs[0]).Address("x", Inputs[1]).Address("addend", PtxLowering.Addend(Addend)).Address("dx", dx)];
    }
}

internal sealed partial class SpanLogits
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
        [new PtxLaunch(lowering.Kernel(SpanLogitsKernels.Forward, PtxLowering.Rows(Inputs[0]!.Shape))).Address("x", Inputs[0]).Address("y", Y)];
}

internal sealed partial class SpanLogitsGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
        [new PtxLaunch(lowering.Kernel(SpanLogitsKernels.Gradient, PtxLowering.Rows(Outputs[0].Shape))).Address("dy", Inputs[0]).Address("dx", Outputs[0])];
}
