using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class AppendToCache
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor rows = Inputs[0]!, cache = Outputs[0];
        CacheShape shape = new(Shape, contextLength, lowering.SlotStride, AttentionTermKinds.None, Reach: 0, AttentionLowering.BoundsOf(rows.Shape, cache.Shape));
        PtxKernel kernel = lowering.Kernel(AppendToCacheKernel.Of, shape, KeyValueCache.HeadDim(Shape.Spec, Part));
        return [new PtxLaunch(kernel).Address("rows", rows).Address("positions", Inputs[1]).Address("cache", cache)];
    }
}

internal sealed partial class CachedAttention
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor q = Inputs[0]!;
        CacheShape shape = new(
            Shape, ContextLength, lowering.SlotStride, Terms.Kinds(), AttentionTerms.Reach(Terms.Distances), AttentionLowering.BoundsOf(q.Shape, Inputs[1]!.Shape));
        return
        [
            new PtxLaunch(lowering.Kernel(CachedAttentionKernels.Of, shape))
                .Address("q", q).Address("keys", Inputs[1]).Address("values", Inputs[2]).Address("positions", Inputs[3]).Terms(Terms).Address("o", Outputs[0]),
        ];
    }
}

internal sealed partial class CrossAttention
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor q = Inputs[0]!;
        CacheShape shape = new(Shape, Shape.Keys, lowering.SlotStride, AttentionTermKinds.KeyMask, Reach: 0, AttentionLowering.BoundsOf(q.Shape, Inputs[1]!.Shape));
        return
        [
            new PtxLaunch(lowering.Kernel(CachedAttentionKernels.Of, shape))
                .Address("q", q).Address("keys", Inputs[1]).Address("values", Inputs[2]).Address("keyMask", Inputs[3]).Address("o", Outputs[0]),
        ];
    }
}
