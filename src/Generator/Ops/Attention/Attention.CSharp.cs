using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Attention
{
    /// <summary>The name under which dropout draws its mask: the same in both directions.</summary>
    public string Site => O.Name;

    public override KernelCall LowerToCSharp() =>
        new KernelCall("Attention.Forward", "Attention_" + Shape.Name, $"{O} = attention({Inputs[Q]}, {Inputs[K]}, {Inputs[V]})")
            .Dimension(Shape.Spec.Heads).Dimension(Shape.Spec.KeyValueHeads).Dimension(Shape.Spec.HeadDim)
            .Address("q", Inputs[Q]).Address("k", Inputs[K]).Address("v", Inputs[V])
            .Constant("scale", Shape.Spec.Scale).Constant("mask", Shape.Mask).Constant("dropoutRate", Dropout)
            .RandomStream().Site(Site)
            .Constant("batch", Shape.Sequences).Constant("sequence", Shape.Sequence)
            .Address("o", O).Address("logNormalizers", LogNormalizers);
}

internal sealed partial class AttentionGradient
{
    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "Attention.Gradient",
                "AttentionGradient_" + Forward.Shape.Name,
                $"{Outputs[0]}, {Outputs[1]}, {Outputs[2]} = attention'({Inputs[0]})")
            .Dimension(Forward.Shape.Spec.Heads).Dimension(Forward.Shape.Spec.KeyValueHeads).Dimension(Forward.Shape.Spec.HeadDim)
            .Address("dO", Inputs[0]).Address("q", Inputs[1]).Address("k", Inputs[2]).Address("v", Inputs[3])
            .Address("o", Inputs[4]).Address("logNormalizers", Inputs[5])
            .Constant("scale", Forward.Shape.Spec.Scale).Constant("mask", Forward.Shape.Mask).Constant("dropoutRate", Forward.Dropout)
            .RandomStream().Site(Forward.Site)
            .Constant("batch", Forward.Shape.Sequences).Constant("sequence", Forward.Shape.Sequence)
            .Address("dQ", Outputs[0]).Address("dK", Outputs[1]).Address("dV", Outputs[2]);
}
