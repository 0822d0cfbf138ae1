namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Scores as words that ascend where scores descend: NaN, +∞, finite numbers, −∞. The bits of negative numbers are in that order, and those of
/// the others are turned round below them.
/// </summary>
internal static class ScoreOrder
{
    /// <summary>The order of the greatest finite number.</summary>
    public const uint FirstFinite = 0x00800000;

    /// <summary>The order of −∞: an excluded token.</summary>
    public const uint Excluded = 0xFF800000;

    private const uint SignBit = 0x80000000;
    private const uint Magnitude = 0x7FFFFFFF;

    public static U32 Of(PtxBuilder k, F32 score)
    {
        // NaNs with a sign would be behind −∞.
        U32 order = OfNumber(k, score);
        return k.Select(k.Less(order, Excluded + 1), order, (U32)0);
    }

    /// <summary>The order of a score that is no NaN.</summary>
    public static U32 OfNumber(PtxBuilder k, F32 score) => Turned(k, k.Bits(score));

    /// <summary>The score of an order, which is no NaN.</summary>
    public static F32 Score(PtxBuilder k, U32 order) => k.FromBits(Turned(k, order));

    /// <summary>Whether a finite number has this order.</summary>
    public static Predicate IsFinite(PtxBuilder k, U32 order) => k.Less(k.Subtract(order, FirstFinite), Excluded - FirstFinite);

    private static U32 Turned(PtxBuilder k, U32 bits) => k.Select(k.AtLeast(bits, SignBit), bits, k.Xor(bits, Magnitude));
}
