namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>The addresses of a kernel's terms; those that it has not got are none.</summary>
internal sealed class TermAddresses
{
    private readonly int _reach;
    private readonly GlobalAddress? _keyMask;
    private readonly GlobalAddress? _distances;
    private readonly GlobalAddress? _scores;
    private readonly GlobalAddress? _pairs;
    private readonly GlobalAddress? _factors;

    /// <summary>Declares the parameters.</summary>
    public TermAddresses(PtxBuilder k, AttentionTermKinds kinds, int reach)
    {
        _reach = reach;
        _keyMask = k.BufferIf(kinds.HasFlag(AttentionTermKinds.KeyMask), "keyMask");
        _distances = k.BufferIf(kinds.HasFlag(AttentionTermKinds.Distances), "distances");
        _scores = k.BufferIf(kinds.HasFlag(AttentionTermKinds.Scores), "scores");
        _pairs = k.BufferIf(kinds.HasFlag(AttentionTermKinds.Pairs), "pairs");
        _factors = k.BufferIf(kinds.HasFlag(AttentionTermKinds.Factors), "factors");
    }

    /// <summary>The terms of one query, of which key 0 comes first.</summary>
    /// <param name="k">The kernel.</param>
    /// <param name="sequence">The query's sequence, or slot.</param>
    /// <param name="head">Its head.</param>
    /// <param name="row">Its row: the sequence's first, and the query.</param>
    /// <param name="position">What distances are counted from.</param>
    /// <param name="scoreRow">Its row of scores [·, keys].</param>
    /// <param name="keys">Keys of a sequence.</param>
    public QueryTerms Of(PtxBuilder k, U32 sequence, U32 head, U32 row, U32 position, U32 scoreRow, U32 keys)
    {
        U32 distance = _distances is null ? 0 : k.Subtract(k.MultiplyAdd(head, 2 * _reach - 1, _reach - 1), position);
        return new QueryTerms(
            RowAt(k, _keyMask, sequence, keys),
            _distances is { } distances ? k.Element(distances, distance) : null,
            RowAt(k, _scores, scoreRow, keys),
            RowAt(k, _pairs, row, keys),
            RowAt(k, _factors, row, keys));
    }

    private static GlobalAddress? RowAt(PtxBuilder k, GlobalAddress? tensor, U32 row, U32 length) =>
        tensor is { } start ? k.Element(start, k.Multiply(row, length)) : null;
}

/// <summary>One query's terms, each at key 0.</summary>
internal sealed record QueryTerms(GlobalAddress? KeyMask, GlobalAddress? Distances, GlobalAddress? Scores, GlobalAddress? Pairs, GlobalAddress? Factors)
{
    /// <summary>A scaled score with what is added to it; −∞ for a key that is hidden.</summary>
    public F32 Added(PtxBuilder k, F32 score, U32 key)
    {
        foreach (GlobalAddress? term in new[] { Distances, Scores, Pairs })
        {
            if (term is { } start) score = k.Add(score, k.Load(k.Element(start, key)));
        }

        return KeyMask is { } mask ? k.Select(k.AreEqual(k.LoadWord(k.Element(mask, key)), 0), float.NegativeInfinity, score) : score;
    }
}
