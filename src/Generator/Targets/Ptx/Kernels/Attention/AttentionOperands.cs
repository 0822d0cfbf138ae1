using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What is added to scores or multiplied with probabilities, as the run-time's AttentionTerms; their addresses are parameters in this order.</summary>
[Flags]
internal enum AttentionTermKinds
{
    None = 0,

    /// <summary>int [sequences, keys]: 0 hides a key.</summary>
    KeyMask = 1,

    /// <summary>[heads, 2 · reach − 1]: element reach − 1 + (key − query) is added to the scaled score.</summary>
    Distances = 2,

    /// <summary>[sequences, heads, queries, keys], added; to a cache [rows, heads, context].</summary>
    Scores = 4,

    /// <summary>[sequences, queries, keys], added.</summary>
    Pairs = 8,

    /// <summary>[sequences, queries, keys], multiplied with the probabilities.</summary>
    Factors = 16,
}

/// <summary>Which extents of attention the control block decides.</summary>
internal enum AttentionBounds
{
    None,

    /// <summary>Queries of a sequence: its share of the rows.</summary>
    Queries,

    /// <summary>Queries and keys of a sequence, which are as many.</summary>
    Both,
}

/// <summary>Whether something follows from the forward pass's log-normalizers.</summary>
internal enum LogNormalizers
{
    Dropped,
    Kept,
}

/// <summary>What kernels of attention over whole sequences are specialised by.</summary>
/// <param name="Shape">Heads and extents.</param>
/// <param name="Terms">The terms that there are.</param>
/// <param name="Reach">T of the distances; 0 without.</param>
/// <param name="DropoutRate">Of probabilities; 0 for none.</param>
/// <param name="Bounds">The extents that are known at run time only.</param>
internal sealed record SequenceAttention(AttentionShape Shape, AttentionTermKinds Terms, int Reach, float DropoutRate, AttentionBounds Bounds)
{
    public AttentionSpec Spec => Shape.Spec;

    /// <summary>Query heads that share a key/value head.</summary>
    public int Group => Spec.Heads / Spec.KeyValueHeads;

    public int WidestHead => Math.Max(Spec.HeadDim, Spec.ValueHeadDim);

    /// <summary>Ends the names of kernels: everything that their text depends on and the shape's own name does not say.</summary>
    public string Suffix =>
        Spec.Suffix() + Terms.Suffix(Reach) + (DropoutRate == 0 ? "" : "_Dropout" + FloatName.Of(DropoutRate))
        + (Bounds switch { AttentionBounds.Queries => "_BoundedQueries", AttentionBounds.Both => "_Bounded", _ => "" });
}

internal static class AttentionNames
{
    /// <summary>Largest dimension of a head: the accumulators of wider ones do not fit in registers.</summary>
    private const int MostHeadDim = 256;

    public static bool Has(this AttentionTermKinds terms, AttentionTermKinds kind) => (terms & kind) != 0;

    public static string Suffix(this AttentionTermKinds terms, int reach) =>
        (terms.Has(AttentionTermKinds.KeyMask) ? "_Masked" : "") + (terms.Has(AttentionTermKinds.Distances) ? "_Distances" + InvariantNumber.Text(reach) : "")
        + (terms.Has(AttentionTermKinds.Scores) ? "_Scores" : "") + (terms.Has(AttentionTermKinds.Pairs) ? "_Pairs" : "")
        + (terms.Has(AttentionTermKinds.Factors) ? "_Factors" : "");

    /// <summary>Key/value heads, mask and scale.</summary>
    public static string Suffix(this AttentionSpec spec) =>
        (spec.KeyValueHeads == spec.Heads ? "" : $"_Of{spec.KeyValueHeads}") + (spec.Causal ? "_Causal" : "")
        + (spec.SlidingWindow > 0 ? $"_Window{spec.SlidingWindow}" : "") + "_" + FloatName.Of(spec.Scale);

    /// <summary>What is added to scores, for formulas.</summary>
    public static string Formula(this AttentionTermKinds terms) => string.Concat(new[]
    {
        (AttentionTermKinds.Distances, " + distances"), (AttentionTermKinds.Scores, " + scores"), (AttentionTermKinds.Pairs, " + pairs"),
        (AttentionTermKinds.KeyMask, ", masked"), (AttentionTermKinds.Factors, ", times factors"),
    }.Where(term => terms.Has(term.Item1)).Select(term => term.Item2));

    /// <exception cref="NoKernelException">The heads are wider than the kernels are made for, or not a multiple of the key/value heads.</exception>
    public static void Check(this AttentionSpec spec)
    {
        if (spec.Heads % spec.KeyValueHeads != 0)
            throw new NoKernelException($"{spec.Heads} heads are not a multiple of {spec.KeyValueHeads} key/value heads.");
        if (Math.Max(spec.HeadDim, spec.ValueHeadDim) is > MostHeadDim and int widest)
            throw new NoKernelException($"A head has {widest} dimensions; kernels of attention have at most {MostHeadDim}.");
    }
}
