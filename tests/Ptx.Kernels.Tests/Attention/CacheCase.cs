using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>
/// Attention to a cache whose positions that were never appended are NaN: slots have seen different numbers of positions, the first row of the first slot
/// has no position, and of a source nothing is appended behind the last key that its mask leaves.
/// </summary>
internal sealed record CacheCase(int Slots, int Rows, int Context, int Heads, int KeyValueHeads, int HeadDim, int ValueHeadDim)
{
    public bool Causal { get; init; } = true;

    public int Window { get; init; }

    public AttentionTermKinds Terms { get; init; }

    /// <summary>Rows of a slot that the kernel is made for; more than there are where rows are bounded.</summary>
    public int MostRows { get; init; }

    /// <summary>Positions of each slot before the rows' own.</summary>
    public int Filled { get; init; }

    public int Reach => Context + 1;

    public long SlotStride => 64L + ((Math.Max(HeadDim, ValueHeadDim) + 3) / 4 * 4 * Context * KeyValueHeads);

    private bool IsSource => Terms.HasFlag(AttentionTermKinds.KeyMask);

    private AttentionCase Attention => new(Slots, Math.Max(Rows, MostRows), Context, Heads, KeyValueHeads, HeadDim, ValueHeadDim) { Causal = Causal, Window = Window };

    public CacheShape Kernel => new(
        Attention.Shape, Context, SlotStride, Terms, Terms.HasFlag(AttentionTermKinds.Distances) ? Reach : 0, MostRows > Rows ? AttentionBounds.Queries : AttentionBounds.None);

    public float Scale => Attention.Spec.Scale;

    public AttentionShape Shape => Attention.Shape;

    /// <summary>[slots · rows].</summary>
    public int[] Positions()
    {
        int[] positions = [.. Enumerable.Range(0, Slots * Rows).Select(row => Math.Min(Context - Rows, Filled + (row / Rows * 3)) + (row % Rows))];
        if (Rows > 1 || Slots > 1) positions[0] = -1;
        return positions;
    }

    /// <summary>[slots, context], the last slot sees nothing.</summary>
    public int[] Mask()
    {
        int[] mask = Numbers.Integers(5, Slots * Context, 3);
        if (Slots > 1) Array.Clear(mask, (Slots - 1) * Context, Context);
        return mask;
    }

    /// <summary>A cache, and whether a position of a slot has been appended.</summary>
    public float[] Cache(int seed, int dimension)
    {
        float[] cache = Numbers.Random(seed, (int)(SlotStride * Slots));
        int[] positions = Positions(), mask = Mask();
        for (int slot = 0; slot < Slots; slot++)
        {
            int end = IsSource ? Array.FindLastIndex(mask, ((slot + 1) * Context) - 1, Context, word => word != 0) - (slot * Context) + 1 : positions[((slot + 1) * Rows) - 1] + 1;
            for (int head = 0; head < KeyValueHeads; head++)
            {
                for (int position = Math.Max(0, end); position < Context; position++)
                    Array.Fill(cache, float.NaN, (int)CacheIndex(slot, head, position, dimension), dimension);
            }
        }

        return cache;
    }

    public long CacheIndex(int slot, int head, int position, int dimension) => (slot * SlotStride) + ((((long)head * Context) + position) * dimension);

    /// <summary>The probabilities [slots · rows, heads, context].</summary>
    public double[] Probabilities(float[] q, float[] keys, float[] distances, float[] scores)
    {
        var probabilities = new double[Slots * Rows * Heads * Context];
        int[] positions = Positions(), mask = Mask();
        for (int index = 0; index < Slots * Rows * Heads; index++)
        {
            int row = index / Heads, head = index % Heads, slot = row / Rows, position = positions[row], length = Causal ? Context : positions[((slot + 1) * Rows) - 1] + 1;
            var values = new double[Context];
            for (int key = 0; key < Context; key++)
            {
                bool isVisible = IsSource
                    ? mask[(slot * Context) + key] != 0
                    : position >= 0 && key < length && (!Causal || key <= position) && (Window == 0 || (key > position - Window && key < position + Window));
                values[key] = isVisible ? Score(key) : double.NegativeInfinity;
            }

            double maximum = values.Max(), sum = double.IsNegativeInfinity(maximum) ? 1 : values.Sum(value => Math.Exp(value - maximum));
            for (int key = 0; key < Context; key++) probabilities[(index * Context) + key] = double.IsNegativeInfinity(maximum) ? 0 : Math.Exp(values[key] - maximum) / sum;

            double Score(int key)
            {
                double score = 0;
                long first = CacheIndex(slot, head / (Heads / KeyValueHeads), key, HeadDim);
                for (int n = 0; n < HeadDim; n++) score += (double)q[(index * HeadDim) + n] * keys[first + n];
                score *= Scale;
                if (Terms.HasFlag(AttentionTermKinds.Distances)) score += distances[(head * ((2 * Reach) - 1)) + Reach - 1 + key - position];
                if (Terms.HasFlag(AttentionTermKinds.Scores)) score += scores[(index * Context) + key];
                return score;
            }
        }

        return probabilities;
    }
}
