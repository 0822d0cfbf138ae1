using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Attention
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        LogNormalizers kept = LogNormalizers.IsUsed ? Targets.Ptx.Kernels.LogNormalizers.Kept : Targets.Ptx.Kernels.LogNormalizers.Dropped;
        PtxLaunch launch = new PtxLaunch(lowering.Kernel(FlashAttentionKernels.Forward, OnDevice, kept))
            .Address("q", Inputs[Q]).Address("k", Inputs[K]).Address("v", Inputs[V]).Terms(Terms).Address("o", O);
        if (LogNormalizers.IsUsed) launch.Address("logNormalizers", LogNormalizers);
        return [Drops(launch)];
    }

    /// <summary>What kernels in both directions are specialised by.</summary>
    internal SequenceAttention OnDevice => new(
        Shape, Terms.Kinds(), AttentionTerms.Reach(Terms.Distances), Dropout, AttentionLowering.BoundsOf(Inputs[Q]!.Shape, Inputs[K]!.Shape));

    /// <summary>Names the site of the dropout, if there is one.</summary>
    internal PtxLaunch Drops(PtxLaunch launch) => Dropout == 0 ? launch : launch.Site(Site);
}

internal sealed partial class AttentionGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        SequenceAttention attention = Forward.OnDevice;
        WeightGradient added = WeightGradient is null ? Targets.Ptx.Kernels.WeightGradient.None : Targets.Ptx.Kernels.WeightGradient.Added;
        ScoreGradient kept = ScoreGradient is null ? Targets.Ptx.Kernels.ScoreGradient.Dropped : Targets.Ptx.Kernels.ScoreGradient.Kept;
        PtxLaunch means = new PtxLaunch(lowering.Kernel(AttentionGradientKernels.Means, attention)).Address("dO", Inputs[0]).Address("o", Inputs[4]);
        PtxLaunch queries = new PtxLaunch(lowering.Kernel(AttentionGradientKernels.Queries, attention, added, kept)).Address("dQ", Outputs[0]).Address("dScores", ScoreGradient);
        PtxLaunch keys = new PtxLaunch(lowering.Kernel(AttentionGradientKernels.KeysAndValues, attention, added)).Address("dK", Outputs[1]).Address("dV", Outputs[2]);
        foreach (PtxLaunch launch in (PtxLaunch[])[queries, keys])
        {
            Forward.Drops(launch).Terms(Forward.Terms).Address("dO", Inputs[0]).Address("q", Inputs[1]).Address("k", Inputs[2]).Address("v", Inputs[3])
                .Address("logNormalizers", Inputs[5]).Address("dWeights", WeightGradient);
        }

        int floats = AttentionGradientKernels.MeanFloats(attention);
        return [.. new[] { means, queries, keys }.Select(launch => launch.Workspace("means", 0, floats))];
    }
}

internal sealed partial class DistancesGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        PtxKernel kernel = lowering.Kernel(DistancesGradientKernel.Of, Shape, AttentionTerms.Reach(Outputs[0]), PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Address("dScores", Inputs[0]).Address("addend", PtxLowering.Addend(Addend)).Address("dDistances", Outputs[0])];
    }
}

/// <summary>What attention's lowerings share.</summary>
internal static class AttentionLowering
{
    public static AttentionTermKinds Kinds(this AttentionTerms terms) =>
        Kind(terms.KeyMask, AttentionTermKinds.KeyMask) | Kind(terms.Distances, AttentionTermKinds.Distances) | Kind(terms.Scores, AttentionTermKinds.Scores)
        | Kind(terms.Pairs, AttentionTermKinds.Pairs) | Kind(terms.Factors, AttentionTermKinds.Factors);

    /// <summary>The terms that there are.</summary>
    public static PtxLaunch Terms(this PtxLaunch launch, AttentionTerms terms) => launch
        .Address("keyMask", terms.KeyMask).Address("distances", terms.Distances).Address("scores", terms.Scores).Address("pairs", terms.Pairs).Address("factors", terms.Factors);

    public static AttentionBounds BoundsOf(Shape queries, Shape keys) =>
        !queries.IsBounded ? AttentionBounds.None : keys.IsBounded ? AttentionBounds.Both : AttentionBounds.Queries;

    private static AttentionTermKinds Kind(Tensor? term, AttentionTermKinds kind) => term is null ? AttentionTermKinds.None : kind;
}
