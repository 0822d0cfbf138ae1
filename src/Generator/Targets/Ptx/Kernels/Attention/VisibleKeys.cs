using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Which keys a position sees, as the run-time's AttentionMask.</summary>
internal static class VisibleKeys
{
    /// <summary>The first visible key of a position.</summary>
    public static U32 First(PtxBuilder k, AttentionSpec spec, U32 position) =>
        spec.SlidingWindow > 0 ? k.SubtractToZero(position, spec.SlidingWindow - 1) : 0;

    /// <summary>One past the last visible key of a position, of so many keys.</summary>
    public static U32 End(PtxBuilder k, AttentionSpec spec, U32 position, U32 keys)
    {
        if (spec.Causal) return k.Min(k.Add(position, 1), keys);
        return spec.SlidingWindow > 0 ? k.Min(k.Add(position, spec.SlidingWindow), keys) : keys;
    }

    /// <summary>The first position that sees any key from this one on.</summary>
    public static U32 FirstPosition(PtxBuilder k, AttentionSpec spec, U32 firstKey)
    {
        if (spec.Causal) return firstKey;
        return spec.SlidingWindow > 0 ? k.SubtractToZero(firstKey, spec.SlidingWindow - 1) : 0;
    }

    /// <summary>One past the last position, of so many, that sees any key before this one.</summary>
    public static U32 EndPosition(PtxBuilder k, AttentionSpec spec, U32 endKey, U32 positions) =>
        spec.SlidingWindow > 0 ? k.Min(k.Add(endKey, spec.SlidingWindow - 1), positions) : positions;
}
