using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Linear
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor x = Inputs[X]!;
        LinearShape shape = new(PtxLowering.Rows(x.Shape), x.Shape.Columns, Y.Shape.Columns, lowering.Precision);
        LinearBias bias = Inputs[B] is null ? LinearBias.None : LinearBias.Added;
        PtxKernel kernel = lowering.Kernel(LinearKernels.Forward, shape, bias, Activation, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Factor("x", x).Factor("weight", Inputs[W]!).Address("bias", Inputs[B]).Address("addend", PtxLowering.Addend(Addend)).Address("y", Y)];
    }
}

internal sealed partial class LinearInputGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor dy = Inputs[0]!, dx = Outputs[0];
        LinearShape shape = new(PtxLowering.Rows(dy.Shape), dx.Shape.Columns, dy.Shape.Columns, lowering.Precision);
        PtxKernel kernel = lowering.Kernel(LinearKernels.InputGradient, shape, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Factor("dy", dy).Factor("weight", Inputs[1]!).Address("addend", PtxLowering.Addend(Addend)).Address("dx", dx)];
    }
}

internal sealed partial class LinearWeightGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor dy = Inputs[0]!, dWeight = Outputs[0];
        LinearShape shape = new(PtxLowering.Rows(dy.Shape), dWeight.Shape.Columns, dy.Shape.Columns, lowering.Precision);
        PtxKernel kernel = lowering.Kernel(LinearKernels.WeightGradient, shape, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Factor("dy", dy).Address("xPanels", Inputs[1]).Address("addend", PtxLowering.Addend(Addend)).Address("dWeight", dWeight)];
    }
}

internal sealed partial class LinearBiasGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) =>
        ColumnSums.Lower(lowering, ColumnTerms.Bias, Inputs[0]!.Shape, units: 1, [("dy", Inputs[0])], [(Outputs[0], Addend)]);
}
