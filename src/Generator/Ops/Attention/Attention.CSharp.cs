using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Attention
{
    /// <summary>The name under which dropout draws its mask: the same in both directions.</summary>
    public string Site => O.Name;

    public override KernelCall LowerToCSharp()
    {
        KernelCall call = new KernelCall(
                Terms.Any ? "Attention.ForwardWithTerms" : "Attention.Forward",
                "Attention_" + Shape.Name + Terms.Suffix,
                $"{O} = attention({Inputs[Q]}, {Inputs[K]}, {Inputs[V]}{Terms.Formula})")
            .Heads(Shape.Spec)
            .Address("q", Inputs[Q]).Address("k", Inputs[K]).Address("v", Inputs[V]);
        return (Terms.Any ? Terms.Addresses(call) : call)
            .Constant("scale", Shape.Spec.Scale).Constant("mask", Shape.Mask).Dropout(Dropout, Site).SequenceExtents(this)
            .Address("o", O).Address("logNormalizers", LogNormalizers);
    }
}

internal sealed partial class AttentionGradient
{
    public override KernelCall LowerToCSharp()
    {
        AttentionTerms terms = Forward.Terms;
        KernelCall call = new KernelCall(
                terms.Any ? "Attention.GradientWithTerms" : "Attention.Gradient",
                "AttentionGradient_" + Forward.Shape.Name + terms.Suffix,
                $"{string.Join(", ", Outputs)} = attention'({Inputs[0]})")
            .Heads(Forward.Shape.Spec)
            .Address("dO", Inputs[0]).Address("q", Inputs[1]).Address("k", Inputs[2]).Address("v", Inputs[3])
            .Address("o", Inputs[4]).Address("logNormalizers", Inputs[5]);
        call = (terms.Any ? terms.Addresses(call).Address("dWeights", WeightGradient) : call)
            .Constant("scale", Forward.Shape.Spec.Scale).Constant("mask", Forward.Shape.Mask).Dropout(Forward.Dropout, Forward.Site).SequenceExtents(Forward)
            .Address("dQ", Outputs[0]).Address("dK", Outputs[1]).Address("dV", Outputs[2]);
        return terms.Any ? call.Address("dScores", ScoreGradient) : call;
    }
}

internal sealed partial class DistancesGradient
{
    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "Attention.DistancesGradient",
                $"DistancesGradient_{Shape.Name}" + KernelNames.AddendSuffix(Addend),
                $"{Outputs[0]} = Σ {Inputs[0]} by distance" + KernelNames.AddendTerm(Addend))
            .Dimension(Shape.Spec.Heads)
            .Address("dScores", Inputs[0]).Address("addend", Addend).Constant("reach", AttentionTerms.Reach(Outputs[0]))
            .Constant("sequences", Shape.Sequences).Constant("queries", Shape.Queries).Constant("keys", Shape.Keys)
            .Address("dDistances", Outputs[0]);
}

internal static class AttentionCalls
{
    /// <summary>The type arguments of attention's kernels.</summary>
    public static KernelCall Heads(this KernelCall call, Declarations.AttentionSpec spec) => call.QueryHeads(spec).Dimension(spec.ValueHeadDim);

    /// <summary>Those of kernels that take no values.</summary>
    public static KernelCall QueryHeads(this KernelCall call, Declarations.AttentionSpec spec) =>
        call.Dimension(spec.Heads).Dimension(spec.KeyValueHeads).Dimension(spec.HeadDim);

    /// <summary>The rate, stream and site of attention's dropout; without one there is no stream to draw from.</summary>
    public static KernelCall Dropout(this KernelCall call, float rate, string site) => rate == 0
        ? call.Constant("dropoutRate", rate).Constant("stream", "default").Constant("site", 0)
        : call.Constant("dropoutRate", rate).RandomStream().Site(site);

    /// <summary>Sequences, and queries and keys of each: constants, or shares of the rows of the run.</summary>
    public static KernelCall SequenceExtents(this KernelCall call, Attention attention) =>
        call.Constant("sequences", attention.Shape.Sequences)
            .Share("queries", attention.Inputs[0]!.Shape, attention.Shape.Sequences)
            .Share("keys", attention.Inputs[1]!.Shape, attention.Shape.Sequences);
}
