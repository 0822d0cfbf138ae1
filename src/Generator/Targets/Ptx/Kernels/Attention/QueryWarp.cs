namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Attention of one query by one warp: 32 keys at a time, a lane scores a key, the running maximum and sum are brought along (Milakov and
/// Gimelshein 2018), then the lanes turn to the elements of the values. All sums have one order.
/// </summary>
internal sealed class QueryWarp(PtxBuilder k, HeadShape heads, float scale, KeyValueRows keys, KeyValueRows values)
{
    public const int WarpSize = 32;

    /// <summary>Warps of a block: queries beside each other, which share keys in the first-level cache.</summary>
    public const int WarpsPerBlock = 4;
    private readonly U32 _lane = k.And(k.Thread, WarpSize - 1);

    /// <summary>Writes o = Σ p · factor · v for the query; without a visible key zeros. Returns ln Σ e^score, −∞ without one.</summary>
    /// <param name="q">The query's vector.</param>
    /// <param name="sight">The first visible key and one past the last.</param>
    /// <param name="terms">The query's terms.</param>
    /// <param name="factor">What a key's probability is multiplied with after the sum, such as dropout; null for nothing.</param>
    /// <param name="o">The query's result.</param>
    public F32 Attend(GlobalAddress q, (U32 First, U32 End) sight, QueryTerms terms, Func<U32, F32>? factor, GlobalAddress o)
    {
        F32 maximum = k.Variable(float.NegativeInfinity), sum = k.Variable(0f);
        F32[] results = [.. Enumerable.Range(0, (heads.ValueHeadDim + WarpSize - 1) / WarpSize).Select(_ => k.Variable(0f))];
        k.For(sight.First, sight.End, WarpSize, start =>
        {
            U32 key = k.Add(start, _lane);
            Predicate isSeen = k.Less(key, sight.End);
            F32 score = k.Variable(float.NegativeInfinity), weight = k.Variable(1f);
            k.If(isSeen, () =>
            {
                k.Assign(score, terms.Added(k, k.Multiply(Product(q, key), scale), key));
                if (factor is not null) k.Assign(weight, factor(key));
            });
            F32 p = Probability(maximum, sum, score, results);
            AddValues(k.Multiply(p, weight), start, k.Min(k.Subtract(sight.End, start), WarpSize), results);
        });
        F32 share = k.Select(k.Greater(sum, 0f), k.Reciprocal(sum), 0f);
        for (int part = 0; part < results.Length; part++)
        {
            F32 result = k.Multiply(results[part], share);
            ForElement(part, element => k.Store(k.Element(o, element), result));
        }

        return k.Add(k.Select(k.Greater(maximum, float.NegativeInfinity), maximum, 0f), Functions.Log(k, sum));
    }

    /// <summary>For the first lane of the warp.</summary>
    public void Once(Action body) => k.If(k.AreEqual(_lane, 0), body);

    private F32 Product(GlobalAddress q, U32 key)
    {
        F32 product = k.Variable(0f);
        k.For(0, heads.HeadDim, keys.Width, element =>
        {
            F32[] a = k.Load(k.Element(q, element), keys.Width), b = k.Load(keys.At(k, key, element), keys.Width);
            for (int i = 0; i < a.Length; i++) k.MultiplyAddTo(product, a[i], b[i]);
        });
        return product;
    }

    /// <summary>e^(score − maximum) with the maximum so far; what was added up before is brought to it.</summary>
    private F32 Probability(F32 maximum, F32 sum, F32 score, F32[] results)
    {
        F32 grown = k.Greatest(maximum, BlockSum.OfWarp(k, score, (a, b) => k.Greatest(a, b)));
        F32 shift = k.Select(k.Greater(grown, float.NegativeInfinity), grown, 0f);
        F32 rescale = Functions.Exp(k, k.Subtract(maximum, shift)), p = Functions.Exp(k, k.Subtract(score, shift));
        k.Assign(maximum, grown);
        k.Assign(sum, k.MultiplyAdd(sum, rescale, BlockSum.OfWarp(k, p, (a, b) => k.Add(a, b))));
        foreach (F32 result in results) k.Assign(result, k.Multiply(result, rescale));
        return p;
    }

    private void AddValues(F32 p, U32 start, U32 count, F32[] results) => k.For(0, count, 1, index =>
    {
        F32 own = k.ShuffleIndex(p, index);
        U32 key = k.Add(start, index);
        for (int part = 0; part < results.Length; part++)
        {
            F32 result = results[part];
            ForElement(part, element => k.MultiplyAddTo(result, own, k.Load(values.At(k, key, element))));
        }
    });

    /// <summary>For this lane's element of the values in a part of 32, where there is one.</summary>
    private void ForElement(int part, Action<U32> body)
    {
        U32 element = k.Add(_lane, part * WarpSize);
        if ((part + 1) * WarpSize <= heads.ValueHeadDim) body(element);
        else k.If(k.Less(element, heads.ValueHeadDim), () => body(element));
    }
}
