using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class AppendToCache
{
    public override KernelCall LowerToCSharp()
    {
        Tensor rows = Inputs[0]!, cache = Outputs[0];
        return new KernelCall(
                $"KeyValueCache.Append{part}",
                $"Append{part}_{shape.Sequences}x{shape.Sequence}x{shape.Spec.KeyValueHeads}x{shape.Spec.HeadDim}",
                $"{cache}[positions] = {rows}")
            .Dimension(shape.Spec.KeyValueHeads).Dimension(shape.Spec.HeadDim).Dimension(contextLength)
            .Address("rows", rows).Address("positions", Inputs[1]).Constant("slots", shape.Sequences)
            .SequenceExtent(rows.Shape, shape).SlotStride().Address("cache", cache);
    }
}

internal sealed partial class CachedAttention
{
    public override KernelCall LowerToCSharp()
    {
        Tensor q = Inputs[0]!;
        return new KernelCall(
                "CachedAttention.Forward",
                "CachedAttention_" + shape.Name,
                $"{Outputs[0]} = attention({q}, {Inputs[1]}, {Inputs[2]})")
            .Dimension(shape.Spec.Heads).Dimension(shape.Spec.KeyValueHeads).Dimension(shape.Spec.HeadDim).Dimension(contextLength)
            .Address("q", q).Address("keys", Inputs[1]).Address("values", Inputs[2]).Address("positions", Inputs[3])
            .Constant("scale", shape.Spec.Scale).Constant("mask", shape.Mask).Constant("slots", shape.Sequences)
            .SequenceExtent(q.Shape, shape).SlotStride().Address("o", Outputs[0]);
    }
}
