using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class SoftmaxCrossEntropy
{
    public override KernelCall LowerToCSharp()
    {
        (Tensor logits, Tensor targets) = (Inputs[0]!, Inputs[1]!);
        KernelCall call = new KernelCall(
            Options.IsNone ? "SoftmaxCrossEntropy.Forward" : "SoftmaxCrossEntropy.WeightedForward",
            $"SoftmaxCrossEntropy_{logits.Shape.Rows}x{logits.Shape.Columns}",
            $"{Loss} = cross-entropy({logits}, {targets})")
        { ReturnsValue = true }
            .Dimension(logits.Shape.Columns).Address("logits", logits).Address("targets", targets);
        call = WithOptions(call, logits.Shape, Options);
        return call.Address("rowLosses", RowLosses).Address("logNormalizers", LogNormalizers);
    }

    /// <summary>The number of rows, between the class weights and the label smoothing where there are any.</summary>
    internal static KernelCall WithOptions(KernelCall call, Shape logits, LossOptions options) => options.IsNone
        ? call.Extent("rows", logits)
        : call.Address("classWeights", options.ClassWeights).Extent("rows", logits).Constant("labelSmoothing", options.LabelSmoothing);
}

internal sealed partial class SoftmaxCrossEntropyGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dLogits = Outputs[0];
        KernelCall call = new KernelCall(
                Options.IsNone ? "SoftmaxCrossEntropy.Gradient" : "SoftmaxCrossEntropy.WeightedGradient",
                $"SoftmaxCrossEntropyGradient_{dLogits.Shape.Rows}x{dLogits.Shape.Columns}",
                $"{dLogits} = softmax({Inputs[0]}) − {Inputs[1]}")
            .Dimension(dLogits.Shape.Columns).Address("logits", Inputs[0]).Address("targets", Inputs[1]).Address("logNormalizers", Inputs[2]);
        return SoftmaxCrossEntropy.WithOptions(call, dLogits.Shape, Options).Address("dLogits", dLogits);
    }
}
