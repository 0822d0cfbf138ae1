using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class AttentionWeights
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor q = Inputs[0]!, k = Inputs[1]!;
        SequenceAttention attention = new(Shape, Terms.Kinds(), AttentionTerms.Reach(Terms.Distances), DropoutRate: 0, AttentionLowering.BoundsOf(q.Shape, k.Shape));
        return [new PtxLaunch(lowering.Kernel(AttentionWeightsKernels.Of, attention)).Address("q", q).Address("k", k).Terms(Terms).Address("weights", Outputs[0])];
    }
}

internal sealed partial class CachedAttentionWeights
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor q = Inputs[0]!, keys = Inputs[1]!;
        CacheShape shape = new(
            Shape, ContextLength, lowering.SlotStride, Terms.Kinds(), AttentionTerms.Reach(Terms.Distances), AttentionLowering.BoundsOf(q.Shape, keys.Shape));
        return
        [
            new PtxLaunch(lowering.Kernel(AttentionWeightsKernels.OfCache, shape))
                .Address("q", q).Address("keys", keys).Address("positions", Inputs[2]).Terms(Terms).Address("weights", Outputs[0]),
        ];
    }
}

internal sealed partial class CrossAttentionWeights
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor q = Inputs[0]!, keys = Inputs[1]!;
        CacheShape shape = new(Shape, Shape.Keys, lowering.SlotStride, AttentionTermKinds.KeyMask, Reach: 0, AttentionLowering.BoundsOf(q.Shape, keys.Shape));
        return
        [
            new PtxLaunch(lowering.Kernel(AttentionWeightsKernels.OfCache, shape))
                .Address("q", q).Address("keys", keys).Address("keyMask", Inputs[2]).Address("weights", Outputs[0]),
        ];
    }
}
