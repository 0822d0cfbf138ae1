using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Add
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
        [new PtxLaunch(lowering.Kernel(ElementwiseKernels.Add, PtxLowering.Rows(Y.Shape), Y.Shape.Columns)).Address("a", Inputs[0]).Address("b", Inputs[1]).Address("y", Y)];
}

internal sealed partial class Concatenate
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor a = Inputs[0]!, b = Inputs[1]!;
        return [new PtxLaunch(lowering.Kernel(RowKernels.Concatenate, PtxLowering.Rows(Y.Shape), a.Shape.Columns, b.Shape.Columns)).Address("a", a).Address("b", b).Address("y", Y)];
    }
}

internal sealed partial class ConcatenateGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        (Tensor da, Tensor db) = (Outputs[0], Outputs[1]);
        PtxKernel kernel = lowering.Kernel(RowKernels.ConcatenateGradient, PtxLowering.Rows(da.Shape), da.Shape.Columns, db.Shape.Columns);
        return [new PtxLaunch(kernel).Address("dy", Inputs[0]).Address("dA", da).Address("dB", db)];
    }
}

internal sealed partial class Publish
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor y = Outputs[0];
        return [new PtxLaunch(lowering.Kernel(ElementwiseKernels.Copy, PtxLowering.Rows(y.Shape), y.Shape.Columns)).Address("x", Inputs[0]).Address("y", y)];
    }
}

internal sealed partial class ScaleBy
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        PtxKernel kernel = lowering.Kernel(ElementwiseKernels.Scale, PtxLowering.Rows(Y.Shape), Y.Shape.Columns, Factor, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Address("x", Inputs[0]).Address("addend", PtxLowering.Addend(Addend)).Address("y", Y)];
    }
}

internal sealed partial class ScaleRows
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        PtxKernel kernel = lowering.Kernel(RowKernels.ScaleRows, PtxLowering.Rows(Y.Shape), Y.Shape.Columns);
        return [new PtxLaunch(kernel).Address("x", Inputs[0]).Address("factors", Inputs[1]).Address("y", Y)];
    }
}

internal sealed partial class SelectRow
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
        [new PtxLaunch(lowering.Kernel(RowKernels.SelectRow, Inputs[0]!.Shape.Columns)).Address("x", Inputs[0]).Address("y", Outputs[0])];
}
