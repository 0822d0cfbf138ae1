namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// With the log-normalizer L and D = do . o of a query (T. Dao, "FlashAttention-2", 2023, algorithm 2), d being dropout times factors:
//
//   p = e^(s - L)      dp = d (do . v + dWeights)      ds = p (dp - D)

/// <summary>A query's row of scores and what its gradient needs.</summary>
internal readonly record struct GradientRow(ScoreRow Scores, U32 Query, F32 LogNormalizer, F32 Mean);

/// <summary>Turns the products q·k and do·v of a tile into what is summed: p · d in the place of the first, scale · ds in the place of the second.</summary>
internal sealed class ScoreGradients
{
    private const int Group = 4;
    private readonly PtxBuilder _k;
    private readonly SequenceAttention _attention;
    private readonly ScoreTerms _terms;
    private readonly GlobalAddress _logNormalizers;
    private readonly GlobalAddress _means;
    private readonly GlobalAddress? _weightGradient;

    /// <summary>Declares logNormalizers, means, the terms and dWeights where the weights have a gradient of their own.</summary>
    public ScoreGradients(PtxBuilder k, SequenceAttention attention, WeightGradient weightGradient)
    {
        _k = k;
        _attention = attention;
        _logNormalizers = k.Buffer("logNormalizers");
        _means = k.Buffer("means");
        _terms = new ScoreTerms(k, attention.Terms, attention.Spec.Scale);
        _weightGradient = k.BufferIf(weightGradient == WeightGradient.Added, "dWeights");
    }

    /// <summary>A query's row; one that sees no key, or is past the last, sees nothing.</summary>
    public GradientRow Row(SequencePlace place, U32 head, U32 query)
    {
        ScoreRow row = place.Row(head, query);
        Predicate isThere = _k.Less(query, place.Queries);
        F32 logNormalizer = _k.LoadOrZero(_k.Element(_logNormalizers, row.Row), 1, isThere)[0], mean = _k.LoadOrZero(_k.Element(_means, row.Row), 1, isThere)[0];
        Predicate isSeeing = _k.Greater(logNormalizer, float.NegativeInfinity);
        return new GradientRow(row with { End = _k.Select(isSeeing, row.End, 0) }, query, _k.Select(isSeeing, logNormalizer, 0f), mean);
    }

    /// <summary>Four neighbouring keys of a query.</summary>
    /// <param name="place">The sequence.</param>
    /// <param name="row">The query.</param>
    /// <param name="key">The first key.</param>
    /// <param name="products">q·k, then p · d.</param>
    /// <param name="slopes">do·v, then scale · ds.</param>
    /// <param name="scoreGradient">[sequences, heads, queries, keys], which takes ds, or none.</param>
    public void Apply(SequencePlace place, GradientRow row, U32 key, SharedAddress products, SharedAddress slopes, GlobalAddress? scoreGradient)
    {
        PtxBuilder k = _k;
        ScoreRow scores = row.Scores;
        F32[] p = k.LoadFour(products), ds = k.LoadFour(slopes), dropped = place.Dropout?.Factors(scores.Row, key) ?? [], gradients = new F32[Group];
        for (int lane = 0; lane < Group; lane++)
        {
            U32 own = k.Add(key, lane);
            Predicate isVisible = _terms.IsVisible(scores, own);
            F32 score = _terms.Score(scores, own, isVisible, p[lane]), slope = ds[lane];
            if (_weightGradient is { } start) slope = k.Add(slope, k.LoadOrZero(k.Element(start, k.Add(scores.Scores, own)), 1, isVisible)[0]);
            F32 probability = Functions.Exp(k, k.Subtract(score, row.LogNormalizer));
            F32? factor = _terms.Factor(scores, own, isVisible);
            if (dropped.Length > 0) factor = factor is { } other ? k.Multiply(dropped[lane], other) : dropped[lane];
            p[lane] = factor is { } weight ? k.Multiply(probability, weight) : probability;
            if (factor is { } times) slope = k.Multiply(slope, times);
            gradients[lane] = k.Select(isVisible, k.Multiply(probability, k.Subtract(slope, row.Mean)), 0f);
            ds[lane] = k.Multiply(gradients[lane], _attention.Spec.Scale);
        }

        if (scoreGradient is { } stored) Store(place, row, key, k.Element(stored, k.Add(scores.Scores, key)), gradients);

        k.Store(products, p);
        k.Store(slopes, ds);
    }

    /// <summary>In one request where rows of scores begin at multiples of 16 bytes.</summary>
    private void Store(SequencePlace place, GradientRow row, U32 key, GlobalAddress destination, F32[] gradients)
    {
        PtxBuilder k = _k;
        Predicate isQuery = k.Less(row.Query, place.Queries);
        if (_attention.Shape.Keys % Group == 0)
        {
            k.If(k.And(k.Less(key, place.Keys), isQuery), () => k.Store(destination, gradients));
            return;
        }

        for (int lane = 0; lane < Group; lane++) k.Store(destination.Plus(lane), gradients[lane], k.And(k.Less(k.Add(key, lane), place.Keys), isQuery));
    }
}
