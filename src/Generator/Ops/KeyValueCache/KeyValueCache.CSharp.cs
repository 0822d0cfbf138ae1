using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class AppendToCache
{
    public override KernelCall LowerToCSharp()
    {
        Tensor rows = Inputs[0]!, cache = Outputs[0];
        int headDim = KeyValueCache.HeadDim(Shape.Spec, Part);
        return new KernelCall(
                $"KeyValueCache.Append{Part}",
                $"Append{Part}_{Shape.Sequences}x{Shape.Queries}x{Shape.Spec.KeyValueHeads}x{headDim}",
                $"{cache}[positions] = {rows}")
            .Dimension(Shape.Spec.KeyValueHeads).Dimension(headDim).Dimension(contextLength)
            .Address("rows", rows).Address("positions", Inputs[1]).Constant("slots", Shape.Sequences)
            .Share("sequence", rows.Shape, Shape.Sequences).SlotStride().Address("cache", cache);
    }
}

internal sealed partial class CachedAttention
{
    public override KernelCall LowerToCSharp()
    {
        Tensor q = Inputs[0]!;
        bool hasTerms = (Terms.Distances ?? Terms.Scores) is not null;
        KernelCall call = new KernelCall(
                hasTerms ? "CachedAttention.ForwardWithTerms" : "CachedAttention.Forward",
                "CachedAttention_" + Shape.Name + Terms.Suffix,
                $"{Outputs[0]} = attention({q}, {Inputs[1]}, {Inputs[2]}{Terms.Formula})")
            .Heads(Shape.Spec).Dimension(ContextLength)
            .Address("q", q).Address("keys", Inputs[1]).Address("values", Inputs[2]).Address("positions", Inputs[3]);
        if (hasTerms) call = call.Address("distances", Terms.Distances).Constant("reach", AttentionTerms.Reach(Terms.Distances)).Address("scores", Terms.Scores);
        return call
            .Constant("scale", Shape.Spec.Scale).Constant("mask", Shape.Mask).Constant("slots", Shape.Sequences)
            .Share("sequence", q.Shape, Shape.Sequences).SlotStride().Address("o", Outputs[0]);
    }
}

internal sealed partial class CrossAttention
{
    public override KernelCall LowerToCSharp()
    {
        Tensor q = Inputs[0]!;
        return new KernelCall(
                "CrossAttention.Forward",
                "CrossAttention_" + Shape.Name,
                $"{Outputs[0]} = attention({q}, {Inputs[1]}, {Inputs[2]})")
            .Heads(Shape.Spec).Dimension(Shape.Keys)
            .Address("q", q).Address("keys", Inputs[1]).Address("values", Inputs[2]).Address("sourceMask", Inputs[3])
            .Constant("scale", Shape.Spec.Scale).Constant("slots", Shape.Sequences)
            .Share("sequence", q.Shape, Shape.Sequences).SlotStride().Address("o", Outputs[0]);
    }
}
