using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class LayerNorm
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor x = Inputs[X]!, weight = Inputs[W]!;
        PtxKernel kernel = lowering.Kernel(NormKernels.LayerNorm, NormLowering.ShapeOf(x, weight), Epsilon, NormLowering.StatisticsOf(Mean));
        PtxLaunch launch = new PtxLaunch(kernel).Address("x", x).Address("weight", weight).Address("bias", Inputs[B]).Address("y", Y);
        return [Mean.IsUsed ? launch.Address("mean", Mean).Address("reciprocalDeviation", ReciprocalDeviation) : launch];
    }
}

internal sealed partial class LayerNormInputGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor dy = Inputs[0]!, weight = Inputs[2]!;
        return
        [
            new PtxLaunch(lowering.Kernel(NormKernels.LayerNormInputGradient, NormLowering.ShapeOf(dy, weight), PtxLowering.KindOf(Addend)))
                .Address("dy", dy).Address("x", Inputs[1]).Address("weight", weight)
                .Address("mean", Inputs[3]).Address("reciprocalDeviation", Inputs[4]).Address("addend", PtxLowering.Addend(Addend)).Address("dx", Outputs[0]),
        ];
    }
}

internal sealed partial class LayerNormParameterGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Inputs[0]!.Shape;
        return ColumnSums.Lower(
            lowering, ColumnTerms.LayerNorm, shape, shape.Columns / Outputs[0].Shape.Rows,
            [("dy", Inputs[0]), ("x", Inputs[1]), ("mean", Inputs[2]), ("reciprocalDeviation", Inputs[3])],
            [(Outputs[0], Inputs[4]), (Outputs[1], Inputs[5])]);
    }
}

internal sealed partial class RmsNorm
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor x = Inputs[X]!, weight = Inputs[W]!;
        PtxKernel kernel = lowering.Kernel(NormKernels.RmsNorm, NormLowering.ShapeOf(x, weight), Epsilon, WeightOffset, NormLowering.StatisticsOf(ReciprocalRms));
        PtxLaunch launch = new PtxLaunch(kernel).Address("x", x).Address("weight", weight).Address("y", Y);
        return [ReciprocalRms.IsUsed ? launch.Address("reciprocalRms", ReciprocalRms) : launch];
    }
}

internal sealed partial class RmsNormInputGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor dy = Inputs[0]!, weight = Inputs[2]!;
        return
        [
            new PtxLaunch(lowering.Kernel(NormKernels.RmsNormInputGradient, NormLowering.ShapeOf(dy, weight), WeightOffset, PtxLowering.KindOf(Addend)))
                .Address("dy", dy).Address("x", Inputs[1]).Address("weight", weight).Address("reciprocalRms", Inputs[3])
                .Address("addend", PtxLowering.Addend(Addend)).Address("dx", Outputs[0]),
        ];
    }
}

internal sealed partial class RmsNormParameterGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Inputs[0]!.Shape;
        return ColumnSums.Lower(
            lowering, ColumnTerms.RmsNorm, shape, shape.Columns / Outputs[0].Shape.Rows,
            [("dy", Inputs[0]), ("x", Inputs[1]), ("reciprocalRms", Inputs[2])], [(Outputs[0], Addend)]);
    }
}

/// <summary>What the norms' kernels are specialised by.</summary>
internal static class NormLowering
{
    /// <summary>A row of the kernel is as wide as the weight: a head's norm has several in each row of x.</summary>
    public static NormShape ShapeOf(Tensor x, Tensor weight) => new(PtxLowering.Rows(x.Shape, x.Shape.Columns / weight.Shape.Rows), weight.Shape.Rows);

    public static NormStatistics StatisticsOf(Tensor statistic) => statistic.IsUsed ? NormStatistics.Kept : NormStatistics.Dropped;
}
