namespace Transformer.Compiled.Generation;

/// <summary>PCG-XSH-RR 64/32 (M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms", 2014).</summary>
internal struct PermutedCongruentialGenerator
{
    private const ulong Multiplier = 6364136223846793005;

    private readonly ulong _increment;
    private ulong _state;

    public PermutedCongruentialGenerator(ulong seed, ulong stream = 0)
    {
        _increment = (stream << 1) | 1;
        NextUInt32();
        _state += seed;
        NextUInt32();
    }

    public uint NextUInt32()
    {
        ulong state = _state;
        _state = unchecked((state * Multiplier) + _increment);
        uint mixed = (uint)(((state >> 18) ^ state) >> 27);
        return uint.RotateRight(mixed, (int)(state >> 59));
    }

    /// <summary>A multiple of 2⁻⁵³ in [0, 1), all equally likely.</summary>
    public double NextDouble() => (NextFraction() >> 11) * (1.0 / (1UL << 53));

    /// <summary>As <see cref="NextDouble"/>, in units of 2⁻⁶⁴.</summary>
    public ulong NextFraction()
    {
        ulong high = NextUInt32();
        ulong low = NextUInt32();
        return ((high << 32) | low) >> 11 << 11;
    }
}
