namespace Transformer.Compiled;

/// <summary>What a caller's number for a pair of positions (the one that looks, the one that is seen) does.</summary>
public enum PairMask
{
    /// <summary>There are no such numbers.</summary>
    None,

    /// <summary>0 hides the pair, any other number shows it.</summary>
    Boolean,

    /// <summary>Is added to the scaled score; −∞ hides the pair.</summary>
    Additive,

    /// <summary>Multiplies the probability; the other ones stay as they are.</summary>
    Multiplicative,
}
