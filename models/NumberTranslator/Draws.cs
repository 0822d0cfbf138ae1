namespace Transformer.Compiled.Models.Numbers;

/// <summary>
/// Random numbers that are a function of a seed and the number of the item they are for (SplitMix64: Steele, Lea and Flood, 2014).
/// </summary>
internal struct Draws(ulong seed, long item)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = Mix(seed + Step) ^ Mix((ulong)item * Step);

    /// <summary>Equally likely in [0, bound).</summary>
    public int Below(int bound) => (int)Math.BigMul(Mix(_state += Step), (ulong)bound, out _);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
