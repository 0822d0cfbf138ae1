using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class AppendToCache
{
    public override KernelCall LowerToCSharp()
    {
        Tensor rows = Inputs[0]!, cache = Outputs[0];
        return new KernelCall(
                $"KeyValueCache.Append{Part}",
                $"Append{Part}_{Shape.Sequences}x{Shape.Sequence}x{Shape.Spec.KeyValueHeads}x{Shape.Spec.HeadDim}",
                $"{cache}[positions] = {rows}")
            .Dimension(Shape.Spec.KeyValueHeads).Dimension(Shape.Spec.HeadDim).Dimension(contextLength)
            .Address("rows", rows).Address("positions", Inputs[1]).Constant("slots", Shape.Sequences)
            .SequenceExtent(rows.Shape, Shape).SlotStride().Address("cache", cache);
    }
}

internal sealed partial class CachedAttention
{
    public override KernelCall LowerToCSharp()
    {
        Tensor q = Inputs[0]!;
        return new KernelCall(
                "CachedAttention.Forward",
                "CachedAttention_" + Shape.Name,
                $"{Outputs[0]} = attention({q}, {Inputs[1]}, {Inputs[2]})")
            .Dimension(Shape.Spec.Heads).Dimension(Shape.Spec.KeyValueHeads).Dimension(Shape.Spec.HeadDim).Dimension(contextLength)
            .Address("q", q).Address("keys", Inputs[1]).Address("values", Inputs[2]).Address("positions", Inputs[3])
            .Constant("scale", Shape.Spec.Scale).Constant("mask", Shape.Mask).Constant("slots", Shape.Sequences)
            .SequenceExtent(q.Shape, Shape).SlotStride().Address("o", Outputs[0]);
    }
}
