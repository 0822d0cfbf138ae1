namespace Transformer.Compiled.Kernels;

/// <summary>Which keys a query sees.</summary>
/// <param name="Causal">A query sees no key after its own position.</param>
/// <param name="SlidingWindow">How many positions back a query sees, itself included (without <paramref name="Causal"/> as many ahead too); 0 = all.</param>
public readonly record struct AttentionMask(bool Causal, int SlidingWindow)
{
    /// <summary>The first visible key of the query at a position.</summary>
    internal int First(int position) => SlidingWindow > 0 ? Math.Max(0, position - SlidingWindow + 1) : 0;

    /// <summary>One past the last visible key of the query at a position, among <paramref name="length"/> keys.</summary>
    internal int End(int position, int length)
    {
        if (Causal) return Math.Min(length, position + 1);
        return SlidingWindow > 0 ? (int)Math.Min(length, (long)position + SlidingWindow) : length;
    }
}
