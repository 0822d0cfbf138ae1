namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>One query of a head as its scores need it: what it sees, and where its terms begin.</summary>
/// <param name="First">The first key that it sees.</param>
/// <param name="End">One past the last; 0 where there is no such query.</param>
/// <param name="Row">Its place in [sequences, heads, queries].</param>
/// <param name="Distances">The element of the distances for key 0; meaningless bits without them.</param>
/// <param name="Scores">The element of scores for key 0.</param>
/// <param name="Pairs">The element of pairs and factors for key 0.</param>
/// <param name="Mask">The element of the key mask for key 0.</param>
internal readonly record struct ScoreRow(U32 First, U32 End, U32 Row, U32 Distances, U32 Scores, U32 Pairs, U32 Mask);

/// <summary>The buffers of attention's terms.</summary>
internal sealed class ScoreTerms
{
    private readonly PtxBuilder _k;
    private readonly float _scale;
    private readonly GlobalAddress? _keyMask;
    private readonly GlobalAddress? _distances;
    private readonly GlobalAddress? _scores;
    private readonly GlobalAddress? _pairs;
    private readonly GlobalAddress? _factors;

    /// <summary>Declares the parameters of the terms that there are.</summary>
    public ScoreTerms(PtxBuilder k, AttentionTermKinds terms, float scale)
    {
        _k = k;
        _scale = scale;
        _keyMask = k.BufferIf(terms.Has(AttentionTermKinds.KeyMask), "keyMask");
        _distances = k.BufferIf(terms.Has(AttentionTermKinds.Distances), "distances");
        _scores = k.BufferIf(terms.Has(AttentionTermKinds.Scores), "scores");
        _pairs = k.BufferIf(terms.Has(AttentionTermKinds.Pairs), "pairs");
        _factors = k.BufferIf(terms.Has(AttentionTermKinds.Factors), "factors");
    }

    /// <summary>Whether a query sees a key, by their places alone.</summary>
    public Predicate IsVisible(ScoreRow row, U32 key)
    {
        Predicate isVisible = _k.Less(key, row.End);
        return row.First.Is(0) ? isVisible : _k.And(isVisible, _k.AtLeast(key, row.First));
    }

    /// <summary>scale · product + terms, and −∞ for a key that is not seen.</summary>
    public F32 Score(ScoreRow row, U32 key, Predicate isVisible, F32 product)
    {
        F32 score = _k.Multiply(product, _scale);
        Add(_distances, row.Distances);
        Add(_scores, row.Scores);
        Add(_pairs, row.Pairs);
        if (_keyMask is { } mask)
        {
            U32 word = _k.LoadWordOr(_k.Element(mask, _k.Add(row.Mask, key)), 0, isVisible);
            isVisible = _k.Differ(word, 0);
        }

        return _k.Select(isVisible, score, float.NegativeInfinity);

        void Add(GlobalAddress? term, U32 first)
        {
            if (term is { } start) score = _k.Add(score, LoadOrZero(start, first, key, isVisible));
        }
    }

    /// <summary>What a probability is multiplied with; null for nothing.</summary>
    public F32? Factor(ScoreRow row, U32 key, Predicate isVisible) => _factors is { } start ? LoadOrZero(start, row.Pairs, key, isVisible) : null;

    private F32 LoadOrZero(GlobalAddress start, U32 first, U32 key, Predicate guard) =>
        _k.LoadOrZero(_k.Element(start, _k.Add(first, key)), 1, guard)[0];
}
