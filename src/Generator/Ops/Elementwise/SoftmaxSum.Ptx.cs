using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class SoftmaxSum
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        PtxKernel kernel = lowering.Kernel(SoftmaxSumKernels.WeightedSum, PtxLowering.Rows(Y.Shape), Y.Shape.Columns, Layers.Count, Targets.Ptx.Kernels.Addend.None);
        var launch = new PtxLaunch(kernel);
        for (int layer = 0; layer < Layers.Count; layer++) launch.Address(SoftmaxSumKernels.Operand(layer), Layers[layer]);
        return [Shares(lowering, Weights, Gamma), launch.Workspace("shares", 0, Layers.Count).Address("y", Y)];
    }

    /// <summary>What each tensor is multiplied with, for the launches that follow.</summary>
    internal static PtxLaunch Shares(PtxLowering lowering, Tensor weights, Tensor gamma)
    {
        int layers = (int)weights.Shape.Elements;
        return new PtxLaunch(lowering.Kernel(SoftmaxSumKernels.Shares, layers)).Address("weights", weights).Address("gamma", gamma).Workspace("shares", 0, layers);
    }
}

internal sealed partial class SoftmaxSumInputGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor dx = Outputs[0];
        PtxKernel kernel = lowering.Kernel(SoftmaxSumKernels.WeightedSum, PtxLowering.Rows(dx.Shape), dx.Shape.Columns, 1, PtxLowering.KindOf(Addend));
        return
        [
            SoftmaxSum.Shares(lowering, Inputs[1]!, Inputs[2]!),
            new PtxLaunch(kernel).Address(SoftmaxSumKernels.Operand(0), Inputs[0]).Workspace("shares", Layer, 1).Address("addend", PtxLowering.Addend(Addend)).Address("y", dx),
        ];
    }
}

internal sealed partial class SoftmaxSumParameterGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape shape = Forward.Y.Shape;
        int layers = Forward.Layers.Count, count = PtxLowering.WholeRows(shape, shape.Columns), stretches = SoftmaxSumKernels.Stretches(count);
        PtxKernel product = lowering.Kernel(SoftmaxSumKernels.Product, count);
        PtxKernel gradient = lowering.Kernel(SoftmaxSumKernels.ParameterGradient, layers, count, AddedOutputs.Of([PtxLowering.KindOf(WeightsAddend), PtxLowering.KindOf(GammaAddend)]));
        return
        [
            .. Layers.Select((x, layer) =>
                new PtxLaunch(product).Address("dy", Inputs[0]).Address("x", x).Workspace("partials", (long)layer * stretches, stretches)),
            new PtxLaunch(gradient)
                .Workspace("partials", 0, (long)layers * stretches).Address("weights", Forward.Weights).Address("gamma", Forward.Gamma)
                .Address("dWeightsAddend", PtxLowering.Addend(WeightsAddend)).Address("dGammaAddend", PtxLowering.Addend(GammaAddend))
                .Address("dWeights", Outputs[0]).Address("dGamma", Outputs[1]),
        ];
    }
}
