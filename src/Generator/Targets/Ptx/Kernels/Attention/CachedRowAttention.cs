namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Attention of one row to a cache by a block of 128 threads: 128 keys at a time, a few neighbouring lanes share a key's or a value's columns. First the
/// products, then a probability for each thread, then the values; what the groups of lanes have gathered is added up in the end, in their order.
/// </summary>
internal sealed class CachedRowAttention
{
    private const int WarpSize = 32;
    private readonly PtxBuilder _k;
    private readonly int _width;
    private readonly int _lanes;
    private readonly int _vectors;
    private readonly U32 _lane;
    private readonly U32 _group;

    private CachedRowAttention(PtxBuilder k, int width, int columns)
    {
        _k = k;
        _width = width;
        _lanes = WarpSize;
        while (_lanes > 1 && _lanes / 2 * width >= columns) _lanes /= 2;
        _vectors = (columns + _lanes * width - 1) / (_lanes * width);
        _lane = k.And(k.Thread, _lanes - 1);
        _group = k.Divide(k.Thread, _lanes);
    }

    /// <summary>Threads of a block, and keys at a time.</summary>
    public static int Threads => 128;

    /// <summary>Groups of lanes in the block.</summary>
    private int Groups => Threads / _lanes;

    /// <summary>Stores what a row gathers.</summary>
    /// <param name="k">The kernel.</param>
    /// <param name="row">The row of scores.</param>
    /// <param name="query">The row's vector.</param>
    /// <param name="keys">The slot's keys.</param>
    /// <param name="values">The slot's values; of keys that have no weight none is read.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="output">The row's result.</param>
    public static void Run(PtxBuilder k, ScoreRow row, HeadRows query, HeadRows keys, HeadRows values, ScoreTerms terms, HeadRows output)
    {
        int width = Math.Min(keys.Width, values.Width);
        new CachedRowAttention(k, width, Math.Max(keys.Columns, values.Columns)).Attend(row, query, keys, values, terms, output);
    }

    private void Attend(ScoreRow row, HeadRows query, HeadRows keys, HeadRows values, ScoreTerms terms, HeadRows output)
    {
        PtxBuilder k = _k;
        SharedAddress products = k.Shared("products", Threads), probabilities = k.Shared("probabilities", Threads);
        SharedAddress gathered = k.Shared("gathered", Groups * _lanes * _vectors * _width);
        F32[][] q = Load(query, 0, null);
        F32[][] sums = [.. q.Select(_ => Enumerable.Range(0, _width).Select(_ => k.Variable(0f)).ToArray())];
        SharedAddress product = k.Element(products, k.Thread), probability = k.Element(probabilities, k.Thread);
        F32 maximum = k.Variable(float.NegativeInfinity), sum = k.Variable(0f);
        k.For(row.First, row.End, Threads, first =>
        {
            U32 count = k.Min(k.Subtract(row.End, first), Threads);
            k.Comment("scores");
            k.For(0, count, Groups, start =>
            {
                U32 place = k.Add(start, _group);
                F32[][] key = Load(keys, k.Add(first, place), k.Less(place, count));
                F32 partial = k.Variable(0f);
                for (int vector = 0; vector < _vectors; vector++)
                {
                    for (int column = 0; column < _width; column++) k.MultiplyAddTo(partial, q[vector][column], key[vector][column]);
                }

                F32 total = partial;
                for (int mask = _lanes / 2; mask > 0; mask /= 2) total = k.Add(total, k.ShuffleXor(total, mask));
                k.If(k.AreEqual(_lane, 0), () => k.Store(k.Element(products, place), total));
            });
            k.Barrier();

            k.Comment("probabilities");
            U32 own = k.Add(first, k.Thread);
            F32 score = k.Variable(float.NegativeInfinity);
            k.If(k.Less(k.Thread, count), () => k.Assign(score, terms.Score(row, own, terms.IsVisible(row, own), k.Load(product))));
            F32 greatest = BlockSum.Combine(k, "greatest", [score], (a, b) => k.Greatest(a, b))[0], current = k.Greatest(maximum, greatest);
            F32 limit = k.Select(k.Greater(current, float.NegativeInfinity), current, 0f), rescale = Functions.Exp(k, k.Subtract(maximum, limit));
            k.Assign(maximum, current);
            F32 exponential = Functions.Exp(k, k.Subtract(score, limit));
            k.Assign(sum, k.MultiplyAdd(sum, rescale, exponential));
            k.Store(probability, exponential);
            k.Barrier();

            k.Comment("values");
            foreach (F32 number in sums.SelectMany(vector => vector)) k.Assign(number, k.Multiply(number, rescale));
            k.For(0, count, Groups, start =>
            {
                U32 place = k.Add(start, _group);
                F32 weight = k.Load(k.Element(probabilities, place));
                F32[][] value = Load(values, k.Add(first, place), k.Greater(weight, 0f));
                for (int vector = 0; vector < _vectors; vector++)
                {
                    for (int column = 0; column < _width; column++) k.MultiplyAddTo(sums[vector][column], weight, value[vector][column]);
                }
            });
        });

        F32 normalizer = BlockSum.Of(k, "normalizer", sum)[0], factor = k.Select(k.Greater(normalizer, 0f), k.Reciprocal(normalizer), 0f);
        int columns = _lanes * _vectors * _width;
        SharedAddress ownSums = k.Element(gathered, k.MultiplyAdd(_group, columns, k.Multiply(_lane, _width)));
        for (int vector = 0; vector < _vectors; vector++) k.Store(ownSums.Plus(vector * _lanes * _width), sums[vector]);
        k.Barrier();
        k.For(k.Thread, output.Columns, Threads, column =>
        {
            SharedAddress start = k.Element(gathered, column);
            F32 total = k.Variable(0f);
            k.For(0, Groups, 1, group => k.AddTo(total, k.Load(k.Element(start, k.Multiply(group, columns)))));
            k.Store(k.Element(output.First, column), k.Multiply(total, factor));
        });
    }

    /// <summary>This thread's columns of a vector; zeros where there are none.</summary>
    private F32[][] Load(HeadRows source, U32 row, Predicate? guard) =>
    [
        .. Enumerable.Range(0, _vectors).Select(vector =>
        {
            PtxBuilder k = _k;
            U32 column = k.MultiplyAdd(_lane, _width, vector * _lanes * _width);
            Predicate? isThere = (vector + 1) * _lanes * _width <= source.Columns ? guard : k.Both(guard, k.Less(column, source.Columns));
            return k.LoadOrZero(k.Element(source.First, k.MultiplyAdd(row, source.Stride, column)), _width, isThere);
        }),
    ];
}
