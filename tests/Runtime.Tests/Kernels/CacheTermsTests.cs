using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Kernels;

/// <summary>
/// Rows that attend to a cache with terms, in chunks and one for each slot, must get what whole sequences get, with values of a
/// dimension of their own; so must their weights. The cache is NaN where nothing was appended, and scores are NaN beyond a row.
/// </summary>
public sealed class CacheTermsTests
{
    private const double Tolerance = 5e-5;

    [Flags]
    private enum Kinds
    {
        None = 0,
        Distances = 1,
        Scores = 2,
        Both = 3,
    }

    [Fact]
    public void Prefilled_rows_see_distances_and_scores()
    {
        foreach (Kinds kinds in (Kinds[])[Kinds.None, Kinds.Distances, Kinds.Scores, Kinds.Both])
        {
            Check<D4, D1, D7, D3, D131>(slots: 1, start: 0, rows: 40, kinds, new(true, 0));
            Check<D9, D3, D16, D17, D131>(slots: 1, start: 50, rows: 67, kinds, new(true, 9));
            Check<D2, D2, D3, D16, D131>(slots: 2, start: 1, rows: 2, kinds, new(false, 0));
        }
    }

    [Fact]
    public void A_row_of_each_slot_sees_distances_and_scores()
    {
        foreach (Kinds kinds in (Kinds[])[Kinds.None, Kinds.Distances, Kinds.Scores, Kinds.Both])
        {
            Check<D4, D2, D7, D3, D131>(slots: 3, start: 0, rows: 1, kinds, new(true, 0));
            Check<D4, D1, D3, D7, D131>(slots: 2, start: 130, rows: 1, kinds, new(true, 20));
            Check<D1, D1, D1, D64, D200>(slots: 1, start: 133, rows: 1, kinds, new(true, 0));
        }
    }

    [Fact]
    public void Long_caches_are_read_in_parts() => Check<D4, D2, D7, D3, D2048>(slots: 1, start: 1500, rows: 1, Kinds.Both, new(true, 0));

    [Fact]
    public void A_row_whose_keys_are_all_hidden_gives_zeros()
    {
        const int Context = 2048;
        float[] hidden = [.. Enumerable.Repeat(float.NegativeInfinity, 4 * Context)];
        foreach (int position in (int[])[0, 17, 1500]) Check<D4, D1, D7, D3, D2048>(slots: 1, start: position, rows: 1, Kinds.Scores, new(true, 0), hidden);
    }

    [Fact]
    public void Distances_that_do_not_reach_over_the_context_are_refused()
    {
        using KernelTest test = new();
        Pointer<float> x = test.Source(16, out _);
        Pointer<int> positions = test.Indices([0]);
        using Transformer.Compiled.Threading.ComputeTeam team = new(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => CachedAttention.ForwardWithTerms<D1, D1, D1, D1, D131>(
            team, x, x, x, positions, x, 130, default, 1f, new(true, 0), 1, 1, 0, x));
    }

    /// <summary>Slot s begins its rows at start − s, or at start + s where that is before the first position.</summary>
    private static void Check<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext>(
        int slots, int start, int rows, Kinds kinds, AttentionMask mask, float[]? givenScores = null)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        int heads = THeads.Value, keyHeads = TKeyValueHeads.Value, headDim = THeadDim.Value, valueDim = TValueHeadDim.Value, context = TContext.Value;
        int reach = context + 1;
        using KernelTest test = new();
        Random random = new(start);
        float[] distances = Draw(random, heads * (2 * reach - 1));
        float[] scores = givenScores is null ? Draw(random, slots * rows * heads * context) : [.. givenScores];
        TermValues values = new() { Distances = kinds.HasFlag(Kinds.Distances) ? distances : null, Reach = reach };

        float[] queries = [];
        List<double> expected = [], expectedWeights = [];
        List<int> positions = [];
        using CacheBuffers<TKeyValueHeads, THeadDim, TValueHeadDim, TContext> cache = new(slots);
        for (int slot = 0; slot < slots; slot++)
        {
            int first = start - slot >= 0 ? start - slot : start + slot, length = first + rows;
            float[] q = Draw(random, length * heads * headDim), k = Draw(random, length * keyHeads * headDim), v = Draw(random, length * keyHeads * valueDim);
            cache.Append(slot, 0, k, v);
            queries = [.. queries, .. q.AsSpan(first * heads * headDim)];
            positions.AddRange(Enumerable.Range(first, rows));

            // The whole sequence's scores: those of its earlier rows do not matter.
            float[] whole = new float[heads * length * length];
            for (int row = 0; row < rows; row++)
            {
                for (int h = 0; h < heads; h++)
                {
                    Span<float> given = scores.AsSpan(((slot * rows + row) * heads + h) * context, context);
                    given[..length].CopyTo(whole.AsSpan((h * length + first + row) * length));
                    given[length..].Fill(float.NaN);
                }
            }
            AttentionReference reference = new(heads, keyHeads, headDim, valueDim, 1, length, length, mask)
            {
                Terms = kinds.HasFlag(Kinds.Scores) ? values with { Scores = whole } : values,
            };
            reference.Forward(ToDouble(q), ToDouble(k), ToDouble(v));
            expected.AddRange(reference.Output.AsSpan(first * heads * valueDim));
            for (int row = 0; row < rows; row++)
            {
                for (int h = 0; h < heads; h++)
                {
                    expectedWeights.AddRange(reference.Weights.AsSpan((h * length + first + row) * length, length));
                    expectedWeights.AddRange(new double[context - length]);
                }
            }
        }

        Pointer<float> queryRows = test.Source(queries);
        Pointer<int> rowPositions = test.Indices([.. positions]);
        CacheTerms terms = Terms(values.Distances is null ? default : test.Source(distances), kinds.HasFlag(Kinds.Scores) ? test.Source(scores) : default, reach);
        float scale = (float)(1 / Math.Sqrt(headDim));
        test.Check(
            [.. expected],
            (team, result) => CachedAttention.Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, WithTerms, Chosen>(
                team, queryRows, cache.Keys, cache.Values, rowPositions, terms, scale, mask, slots, rows, cache.Stride, result),
            Tolerance);
        test.Check(
            [.. expectedWeights],
            (team, result) => AttentionWeights.Cached<THeads, TKeyValueHeads, THeadDim, TContext, Chosen>(
                team, queryRows, cache.Keys, rowPositions, terms, scale, mask, slots, rows, cache.Stride, result),
            Tolerance);
    }

    private static unsafe CacheTerms Terms(Pointer<float> distances, Pointer<float> scores, int reach) =>
        new() { Distances = distances.Value, Reach = reach, Scores = scores.Value };

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    private static double[] ToDouble(float[] values) => Array.ConvertAll(values, value => (double)value);
}
