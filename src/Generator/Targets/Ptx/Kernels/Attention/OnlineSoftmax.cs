namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// For each query, tile after tile of keys (T. Dao, "FlashAttention-2", 2023, section 3.1):
//
//   m' = max(m, max_j s_j)      c = e^(m - m')      p_j = e^(s_j - m')
//   l' = c l + sum_j p_j        a' = c a + sum_j d_j p_j v_j
//
// and in the end o = a / l and the log-normalizer m + ln l. A query that has seen no key has m = -infinity, l = 0 and a = 0, and gives zeros.

/// <summary>What a block of queries attends to.</summary>
/// <param name="FirstQuery">The block's first query.</param>
/// <param name="Queries">The queries.</param>
/// <param name="Keys">The keys; none past the last is read.</param>
/// <param name="Values">The values, as many.</param>
/// <param name="Output">What the queries gather.</param>
/// <param name="FirstKey">A multiple of 16 that is not behind the first key that any query of the block sees.</param>
/// <param name="EndKey">Past the last key that any query of the block sees.</param>
/// <param name="Row">The row of scores of a query, one past the last included.</param>
/// <param name="Terms">The terms.</param>
/// <param name="Dropout">Null for none.</param>
internal sealed record SoftmaxOperands(
    U32 FirstQuery, HeadRows Queries, HeadRows Keys, HeadRows Values, HeadRows Output, U32 FirstKey, U32 EndKey, Func<U32, ScoreRow> Row, ScoreTerms Terms,
    ProbabilityDropout? Dropout);

/// <summary>Softmax and its sums over values for a block of queries, over keys tile by tile in their order.</summary>
internal static class OnlineSoftmax
{
    private const int Group = 4;

    /// <summary>Lets the queries attend, and stores what they gather.</summary>
    /// <param name="k">The kernel.</param>
    /// <param name="tiling">Its tiles.</param>
    /// <param name="x">The operands.</param>
    /// <param name="keep">Given a query, its row of scores and its log-normalizer, by one thread; queries past the last are not given.</param>
    public static void Run(PtxBuilder k, AttentionTiling tiling, SoftmaxOperands x, Action<ScoreRow, F32>? keep)
    {
        int stagingFloats = Math.Max(ScoreTile.StagingFloats(tiling), TileSums.StagingFloats(tiling, x.Values.Columns));
        SharedAddress scores = k.Shared("tile", tiling.Floats), staging = k.Shared("staging", stagingFloats), factors = k.Shared("ofQueries", tiling.Queries);
        var tile = new ScoreTile(k, tiling);
        var sums = new TileSums(k, tile, tiling.Queries, x.Values.Columns);
        var place = new TilePlace(k, tiling);
        U32 query = k.Add(x.FirstQuery, place.Query);
        ScoreRow row = x.Row(query);
        SharedAddress ownScores = place.Row(scores), ownFactor = k.Element(factors, place.Query), gathered = k.Element(factors, sums.FirstRow());
        F32 maximum = k.Variable(float.NegativeInfinity), sum = k.Variable(0f);

        k.For(x.FirstKey, x.EndKey, tiling.Keys, firstKey =>
        {
            k.Comment("scores");
            tile.Write(x.Queries, x.FirstQuery, x.Keys, firstKey, staging, scores);
            k.Barrier();
            F32 greatest = k.Variable(maximum);
            place.ForEachGroup(column =>
            {
                SharedAddress address = k.Element(ownScores, column);
                U32 key = k.Add(firstKey, column);
                F32[] values = k.LoadFour(address);
                for (int lane = 0; lane < Group; lane++)
                {
                    U32 own = k.Add(key, lane);
                    values[lane] = x.Terms.Score(row, own, x.Terms.IsVisible(row, own), values[lane]);
                    k.Assign(greatest, k.Greatest(greatest, values[lane]));
                }

                k.Store(address, values);
            });
            F32 current = place.Combine(greatest, (a, b) => k.Greatest(a, b));
            F32 limit = k.Select(k.Greater(current, float.NegativeInfinity), current, 0f);
            F32 rescale = Functions.Exp(k, k.Subtract(maximum, limit));
            k.Assign(maximum, current);

            k.Comment("probabilities");
            F32 more = k.Variable(0f);
            place.ForEachGroup(column => Exponentials(k, x, row, k.Element(ownScores, column), k.Add(firstKey, column), limit, more));
            k.Assign(sum, k.MultiplyAdd(sum, rescale, place.Combine(more, (a, b) => k.Add(a, b))));
            place.Once(() => k.Store(ownFactor, rescale));
            k.Barrier();

            k.Comment("values");
            sums.Scale(i => k.Load(gathered.Plus(i)));
            sums.AddKeys(x.Values, firstKey, k.Min(k.Subtract(x.EndKey, firstKey), tiling.Keys), staging, scores);
        });

        place.Once(() =>
        {
            k.Store(ownFactor, k.Select(k.Greater(sum, 0f), k.Reciprocal(sum), 0f));
            if (keep is not null) k.If(k.Less(query, x.Queries.Count), () => keep(row, k.Add(maximum, Functions.Log(k, sum))));
        });
        k.Barrier();
        sums.Store(x.Output, x.FirstQuery, i => k.Load(gathered.Plus(i)));
    }

    /// <summary>Turns four scores into probabilities, times factors and dropout, and adds them up before.</summary>
    private static void Exponentials(PtxBuilder k, SoftmaxOperands x, ScoreRow row, SharedAddress address, U32 key, F32 limit, F32 sum)
    {
        F32[] values = k.LoadFour(address), dropped = x.Dropout?.Factors(row.Row, key) ?? [];
        for (int lane = 0; lane < Group; lane++)
        {
            F32 probability = Functions.Exp(k, k.Subtract(values[lane], limit));
            k.AddTo(sum, probability);
            U32 own = k.Add(key, lane);
            if (x.Terms.Factor(row, own, x.Terms.IsVisible(row, own)) is { } factor) probability = k.Multiply(probability, factor);
            values[lane] = dropped.Length == 0 ? probability : k.Multiply(probability, dropped[lane]);
        }

        k.Store(address, values);
    }
}

/// <summary>A thread's place in a tile of scores between products: a few neighbouring lanes share a query, and take four keys each in turn.</summary>
internal sealed class TilePlace(PtxBuilder k, AttentionTiling tiling)
{
    private const int Group = 4;
    private readonly U32 _lane = k.And(k.Thread, tiling.LanesOfQuery - 1);

    /// <summary>The query, counted from the tile's first.</summary>
    public U32 Query { get; } = k.Divide(k.Thread, tiling.LanesOfQuery);

    /// <summary>The query's row of a tile.</summary>
    public SharedAddress Row(SharedAddress tile) => k.Element(tile, k.Multiply(Query, tiling.Stride));

    /// <summary>The body for each four keys of this thread, by their first.</summary>
    public void ForEachGroup(Action<U32> body) => k.For(k.Multiply(_lane, Group), tiling.Keys, Group * tiling.LanesOfQuery, body);

    /// <summary>For one thread of each query.</summary>
    public void Once(Action body) => k.If(k.AreEqual(_lane, 0), body);

    /// <summary>Over the threads of a query, known to all of them.</summary>
    public F32 Combine(F32 value, Func<F32, F32, F32> combine)
    {
        for (int mask = tiling.LanesOfQuery / 2; mask > 0; mask /= 2) value = combine(value, k.ShuffleXor(value, mask));
        return value;
    }
}
