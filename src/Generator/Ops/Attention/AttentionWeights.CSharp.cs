using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class AttentionWeights
{
    public override KernelCall LowerToCSharp() =>
        Terms.Addresses(
            new KernelCall(
                    "AttentionWeights.Forward",
                    "AttentionWeights_" + Shape.Name + Terms.Suffix,
                    $"{Outputs[0]} = weights({Inputs[0]}, {Inputs[1]}{Terms.Formula})")
                .QueryHeads(Shape.Spec)
                .Address("q", Inputs[0]).Address("k", Inputs[1]))
            .Constant("scale", Shape.Spec.Scale).Constant("mask", Shape.Mask).Constant("sequences", Shape.Sequences)
            .Share("queries", Inputs[0]!.Shape, Shape.Sequences).Share("keys", Inputs[1]!.Shape, Shape.Sequences)
            .Address("weights", Outputs[0]);
}

internal sealed partial class CachedAttentionWeights
{
    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "AttentionWeights.Cached",
                "CachedAttentionWeights_" + Shape.Name + Terms.Suffix,
                $"{Outputs[0]} = weights({Inputs[0]}, {Inputs[1]}{Terms.Formula})")
            .QueryHeads(Shape.Spec).Dimension(ContextLength)
            .Address("q", Inputs[0]).Address("keys", Inputs[1]).Address("positions", Inputs[2])
            .Address("distances", Terms.Distances).Constant("reach", AttentionTerms.Reach(Terms.Distances)).Address("scores", Terms.Scores)
            .Constant("scale", Shape.Spec.Scale).Constant("mask", Shape.Mask).Constant("slots", Shape.Sequences)
            .Share("sequence", Inputs[0]!.Shape, Shape.Sequences).SlotStride().Address("weights", Outputs[0]);
}

internal sealed partial class CrossAttentionWeights
{
    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "AttentionWeights.Cross",
                "CrossAttentionWeights_" + Shape.Name,
                $"{Outputs[0]} = weights({Inputs[0]}, {Inputs[1]})")
            .QueryHeads(Shape.Spec).Dimension(Shape.Keys)
            .Address("q", Inputs[0]).Address("keys", Inputs[1]).Address("sourceMask", Inputs[2])
            .Constant("scale", Shape.Spec.Scale).Constant("slots", Shape.Sequences)
            .Share("sequence", Inputs[0]!.Shape, Shape.Sequences).SlotStride().Address("weights", Outputs[0]);
}
