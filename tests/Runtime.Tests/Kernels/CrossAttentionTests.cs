using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Kernels;

/// <summary>Rows that attend to the source of their slot, and their weights, against attention of whole sequences with a mask of keys.</summary>
public sealed class CrossAttentionTests
{
    private const double Tolerance = 5e-5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(70)]
    public void Rows_see_what_the_mask_of_their_slot_leaves(int rows)
    {
        Check<D4, D1, D7, D3, D131>([131], rows);
        Check<D9, D3, D16, D17, D48>([48, 1, 20], rows);
        Check<D1, D1, D3, D80, D1>([1], rows);
        Check<D2, D2, D1, D1, D17>([5, 17], rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Rows_of_a_slot_without_a_source_give_zeros(int rows) => Check<D4, D2, D7, D3, D131>([0, 131, 0], rows);

    [Fact]
    public void Long_sources_are_read_in_parts() => Check<D4, D1, D7, D3, D2048>([1900], 1);

    [Fact]
    public void Holes_may_fill_whole_parts()
    {
        int[] mask = [.. Enumerable.Range(0, 2048).Select(j => j is 3 or 2000 ? 1 : 0)];
        Check<D2, D1, D7, D3, D2048>([2048], 1, mask);
    }

    /// <summary>Each slot's source has so many positions, with holes in its mask; beyond them the cache is NaN.</summary>
    private static void Check<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TKeys>(int[] lengths, int rows, int[]? givenMask = null)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TKeys : struct, IDimension
    {
        int heads = THeads.Value, keyHeads = TKeyValueHeads.Value, headDim = THeadDim.Value, valueDim = TValueHeadDim.Value, keys = TKeys.Value, slots = lengths.Length;
        using KernelTest test = new();
        Random random = new(rows);
        using CacheBuffers<TKeyValueHeads, THeadDim, TValueHeadDim, TKeys> cache = new(slots);
        Pointer<float> q = test.Source(slots * rows * heads * headDim, out double[] queries);
        double[] k = new double[slots * keys * keyHeads * headDim], v = new double[slots * keys * keyHeads * valueDim];
        int[] mask = givenMask ?? new int[slots * keys];
        for (int slot = 0; slot < slots; slot++)
        {
            int length = lengths[slot];
            if (length == 0) continue;
            float[] slotKeys = Draw(random, length * keyHeads * headDim), slotValues = Draw(random, length * keyHeads * valueDim);
            cache.Append(slot, 0, slotKeys, slotValues);
            ToDouble(slotKeys).CopyTo(k, slot * keys * keyHeads * headDim);
            ToDouble(slotValues).CopyTo(v, slot * keys * keyHeads * valueDim);
            if (givenMask is null) Enumerable.Range(0, length).Select(j => j == length - 1 ? 1 : random.Next(3)).ToArray().CopyTo(mask, slot * keys);
        }
        AttentionReference reference = new(heads, keyHeads, headDim, valueDim, slots, rows, keys, new AttentionMask(false, 0)) { Terms = new() { KeyMask = mask } };
        reference.Forward(queries, k, v);

        // By row, then by head.
        double[] weights = new double[reference.Weights.Length];
        for (int index = 0; index < weights.Length; index++)
        {
            int key = index % keys, head = index / keys % heads, row = index / keys / heads % rows, slot = index / keys / heads / rows;
            weights[index] = reference.Weights[((slot * heads + head) * rows + row) * keys + key];
        }

        Pointer<int> sourceMask = test.Indices(mask);
        float scale = (float)reference.Scale;
        test.Check(
            reference.Output,
            (team, result) => CrossAttention.Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TKeys, Chosen>(
                team, q, cache.Keys, cache.Values, sourceMask, scale, slots, rows, cache.Stride, result),
            Tolerance);
        test.Check(
            weights,
            (team, result) => AttentionWeights.Cross<THeads, TKeyValueHeads, THeadDim, TKeys, Chosen>(
                team, q, cache.Keys, sourceMask, scale, slots, rows, cache.Stride, result),
            Tolerance);
    }

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    private static double[] ToDouble(float[] values) => Array.ConvertAll(values, value => (double)value);
}
