using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>The run-time scalars of a program.</summary>
internal sealed record RunState
{
    /// <summary>The leading extent of bounded shapes.</summary>
    public int Rows { get; init; }

    /// <summary>The row that <c>SelectRow</c> takes.</summary>
    public int Row { get; init; }

    /// <summary>The row of the session whose cache a prefill appends to.</summary>
    public int Slot { get; init; }

    /// <summary>Distinguishes the masks of one run from those of another.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether dropout drops anything; false to evaluate.</summary>
    public bool HasMasks { get; init; } = true;

    /// <summary>To what the factors of matrix products are rounded, as on a device.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>What dropout multiplies an element by: 0, or 1 / (1 − rate); a function of seed, site and element alone.</summary>
    public double Mask(string site, long element, float rate)
    {
        if (!HasMasks) return 1;
        ulong hash = 14695981039346656037 ^ (Seed * 0x9E3779B97F4A7C15);
        foreach (char c in site) hash = (hash ^ c) * 1099511628211;
        hash = (hash ^ (ulong)element) * 0xBF58476D1CE4E5B9;
        hash ^= hash >> 29;
        hash *= 0x94D049BB133111EB;
        double uniform = (hash >> 11) * (1.0 / (1UL << 53));
        return uniform < rate ? 0 : 1 / (1 - (double)rate);
    }
}
