using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>What attention operations share: heads, mask and scale, and the extent of one sequence.</summary>
/// <param name="Sequences">Sequences side by side: rows are sequences times positions.</param>
internal sealed record AttentionShape(AttentionSpec Spec, int Sequences, int Sequence)
{
    /// <summary>The constructor call of the run-time's mask.</summary>
    public string Mask => $"new Kernel::AttentionMask({(Spec.Causal ? "true" : "false")}, {Spec.SlidingWindow})";

    public string Name => $"{Sequences}x{Sequence}x{Spec.Heads}x{Spec.HeadDim}";

    /// <summary>Key positions that a query sees, summed over a sequence's queries.</summary>
    public long VisiblePairs
    {
        get
        {
            long pairs = 0;
            for (int query = 0; query < Sequence; query++)
            {
                int visible = Spec.Causal ? query + 1 : Sequence;
                pairs += Spec.SlidingWindow > 0 ? Math.Min(visible, Spec.SlidingWindow) : visible;
            }
            return pairs;
        }
    }

    /// <summary>Two products over the visible pairs.</summary>
    public long FloatingPointOperations => 4L * Sequences * Spec.Heads * Spec.HeadDim * VisiblePairs;
}
