using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// What attention may have besides queries, keys and values. T is at least the length of any sequence; where rows are bounded,
/// queries and keys are as many as a run has, in every one of these tensors.
/// </summary>
internal sealed record AttentionTerms
{
    public static AttentionTerms None { get; } = new();

    /// <summary>[sequences, keys] of integers; 0 hides a key.</summary>
    public Tensor? KeyMask { get; init; }

    /// <summary>[heads, 2 · T − 1], added to scaled scores: element T − 1 + (key − query) (Raffel et al., 2020; Press et al., 2022).</summary>
    public Tensor? Distances { get; init; }

    /// <summary>[sequences, heads, queries, keys], added to scaled scores; in attention to a cache [rows, heads, context] (Shaw et al., 2018).</summary>
    public Tensor? Scores { get; init; }

    /// <summary>[sequences, queries, keys], an input that is added to scaled scores; −∞ hides a key.</summary>
    public Tensor? Pairs { get; init; }

    /// <summary>[sequences, queries, keys], an input that is multiplied with the probabilities, which are not normalised again.</summary>
    public Tensor? Factors { get; init; }

    public bool Any => (KeyMask ?? Distances ?? Scores ?? Pairs ?? Factors) is not null;

    /// <summary>As inputs of an operation, in this order.</summary>
    public Tensor?[] Inputs => [KeyMask, Distances, Scores, Pairs, Factors];

    /// <summary>T, or 0 without distances.</summary>
    public static int Reach(Tensor? distances) => distances is null ? 0 : (distances.Shape.Columns + 1) / 2;

    /// <summary>Ends the name of a kernel's shape: the terms that it has.</summary>
    public string Suffix =>
        (KeyMask is null ? "" : "_Masked") + (Distances is null ? "" : "_Distances") + (Scores is null ? "" : "_Scores")
        + (Pairs is null ? "" : "_Pairs") + (Factors is null ? "" : "_Factors");

    /// <summary>The terms in a formula.</summary>
    public string Formula => string.Concat(Inputs.Where(term => term is not null).Select(term => $", {term}"));

    /// <summary>Refuses terms whose sizes are not those of the attention.</summary>
    public void Check(AttentionShape shape)
    {
        long plane = (long)shape.Queries * shape.Keys;
        Check(KeyMask, nameof(KeyMask), (long)shape.Sequences * shape.Keys);
        Check(Distances, nameof(Distances), shape.Spec.Heads * (2L * Reach(Distances) - 1));
        Check(Scores, nameof(Scores), shape.Sequences * shape.Spec.Heads * plane);
        Check(Pairs, nameof(Pairs), shape.Sequences * plane);
        Check(Factors, nameof(Factors), shape.Sequences * plane);
        if (Distances is not null && Reach(Distances) < Math.Max(shape.Queries, shape.Keys))
            throw new ArgumentException($"{Distances} reaches over {Reach(Distances)} positions, less than {shape.Queries} queries or {shape.Keys} keys.");
    }

    /// <summary>Refuses terms that attention to a cache has not got, or whose sizes are not those of the cache.</summary>
    public void CheckCached(Tensor q, AttentionShape shape, int contextLength)
    {
        if ((KeyMask ?? Pairs ?? Factors) is { } other) throw new ArgumentException($"Attention to a cache has distances and scores, not {other}.");
        Check(Distances, nameof(Distances), shape.Spec.Heads * (2L * Reach(Distances) - 1));
        Check(Scores, nameof(Scores), (long)q.Shape.Rows * shape.Spec.Heads * contextLength);
        if (Distances is not null && Reach(Distances) < contextLength)
            throw new ArgumentException($"{Distances} reaches over {Reach(Distances)} positions, less than the {contextLength} of the cache.");
    }

    /// <summary>The addresses of whole sequences' terms.</summary>
    public KernelCall Addresses(KernelCall call) =>
        call.Address("keyMask", KeyMask).Address("distances", Distances).Constant("reach", Reach(Distances))
            .Address("scores", Scores).Address("pairs", Pairs).Address("factors", Factors);

    /// <summary>Refuses an operand that has not so many elements.</summary>
    public static void Check(Tensor? term, string name, long elements)
    {
        if (term is not null && term.Shape.Elements != elements)
            throw new ArgumentException($"{name} has {term.Shape.Elements} elements ({term}), not {elements}.");
    }
}
