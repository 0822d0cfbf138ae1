namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>The heads of attention; query head h reads key/value head h / (Heads / KeyValueHeads).</summary>
internal readonly record struct HeadShape(int Heads, int KeyValueHeads, int HeadDim, int ValueHeadDim)
{
    public int Shared => Heads / KeyValueHeads;

    public override string ToString() =>
        $"{Heads}x{HeadDim}" + (ValueHeadDim == HeadDim ? "" : $"x{ValueHeadDim}") + (KeyValueHeads == Heads ? "" : $"_Shared{Shared}");
}

/// <summary>Which keys a query sees besides those that are masked.</summary>
internal enum SightDirection
{
    Everywhere,

    /// <summary>None after its own position.</summary>
    Causal,
}

/// <summary>Which keys a query sees, as the run-time's <c>AttentionMask</c>; a window of 0 is none.</summary>
internal readonly record struct SightShape(SightDirection Direction, int Window)
{
    public string Suffix => (Direction == SightDirection.Causal ? "_Causal" : "") + (Window > 0 ? $"_Window{Window}" : "");

    /// <summary>The first key that the query at a position sees, and one past the last, of as many keys.</summary>
    public (U32 First, U32 End) Of(PtxBuilder k, U32 position, U32 length)
    {
        U32 first = Window == 0 ? 0 : k.Subtract(k.Max(position, Window - 1), Window - 1);
        if (Direction == SightDirection.Causal) return (first, k.Min(k.Add(position, 1), length));
        return (first, Window == 0 ? length : k.Min(k.Add(position, Window), length));
    }
}

/// <summary>What is added to scores or multiplied with probabilities, as the run-time's AttentionTerms; their addresses are parameters in this order.</summary>
[Flags]
internal enum AttentionTermKinds
{
    None = 0,

    /// <summary>int [sequences, keys]: 0 hides a key.</summary>
    KeyMask = 1,

    /// <summary>[heads, 2 · reach − 1]: element reach − 1 + (key − query) is added to the scaled score.</summary>
    Distances = 2,

    /// <summary>[sequences, heads, queries, keys], added.</summary>
    Scores = 4,

    /// <summary>[sequences, queries, keys], added.</summary>
    Pairs = 8,

    /// <summary>[sequences, queries, keys], multiplied with the probabilities.</summary>
    Factors = 16,
}
