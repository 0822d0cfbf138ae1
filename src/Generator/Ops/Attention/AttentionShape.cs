using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>What attention operations share: heads, mask and scale, and the extents of one sequence.</summary>
/// <param name="Spec">The heads and what they see.</param>
/// <param name="Sequences">Sequences side by side: rows are sequences times positions.</param>
/// <param name="Queries">Queries of a sequence; the most of them where rows are bounded.</param>
/// <param name="Keys">Keys of a sequence; likewise.</param>
internal sealed record AttentionShape(AttentionSpec Spec, int Sequences, int Queries, int Keys)
{
    /// <summary>Attention of sequences to themselves.</summary>
    public AttentionShape(AttentionSpec spec, int sequences, int length)
        : this(spec, sequences, length, length)
    {
    }

    /// <summary>The same pairs, with vectors as wide as the values, whose products are not scaled.</summary>
    public AttentionShape OfValues => this with { Spec = Spec with { HeadDim = Spec.ValueHeadDim, Scale = 1 } };

    /// <summary>The constructor call of the run-time's mask.</summary>
    public string Mask => $"new Kernel::AttentionMask({(Spec.Causal ? "true" : "false")}, {Spec.SlidingWindow})";

    public string Name =>
        $"{Sequences}x{Queries}{(Keys == Queries ? "" : $"x{Keys}")}x{Spec.Heads}x{Spec.HeadDim}{(Spec.ValueHeadDim == Spec.HeadDim ? "" : $"x{Spec.ValueHeadDim}")}";

    /// <summary>Key positions that a query sees, summed over a sequence's queries.</summary>
    public long VisiblePairs
    {
        get
        {
            long pairs = 0;
            for (int query = 0; query < Queries; query++)
            {
                long end = Spec.Causal ? query + 1 : Spec.SlidingWindow > 0 ? (long)query + Spec.SlidingWindow : Keys;
                int first = Spec.SlidingWindow > 0 ? Math.Max(0, query - Spec.SlidingWindow + 1) : 0;
                pairs += Math.Max(0, Math.Min(Keys, end) - first);
            }
            return pairs;
        }
    }

    /// <summary>Two products over the visible pairs.</summary>
    public long FloatingPointOperations => 2L * Sequences * Spec.Heads * (Spec.HeadDim + Spec.ValueHeadDim) * VisiblePairs;
}
