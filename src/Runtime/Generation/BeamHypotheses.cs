namespace Transformer.Compiled.Generation;

/// <summary>The best ended texts of a search, best first, equals in the order in which they were found; storage for a fixed number of them.</summary>
internal sealed class BeamHypotheses
{
    private readonly int _maximumTokens;
    private readonly int[] _tokens;
    private readonly Entry[] _entries;

    public BeamHypotheses(int capacity, int maximumTokens)
    {
        _maximumTokens = maximumTokens;
        _tokens = new int[capacity * maximumTokens];
        _entries = new Entry[capacity];
        for (int slot = 0; slot < capacity; slot++) _entries[slot] = new Entry(slot, 0, 0, 0);
    }

    public int Count { get; private set; }

    public bool IsFull => Count == _entries.Length;

    /// <summary>The lowest score; to be asked for only when there is one.</summary>
    public double WorstScore => _entries[Count - 1].Score;

    public BeamHypothesis this[int rank]
    {
        get
        {
            if ((uint)rank >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(rank), rank, $"The search has found {Count} texts; ranks begin with 0.");
            Entry entry = _entries[rank];
            return new BeamHypothesis(Tokens(entry.Slot)[..entry.Length], entry.Score, entry.LogProbability);
        }
    }

    public void Clear() => Count = 0;

    /// <summary>Keeps the text if there is room, or in place of the worst one if it is better.</summary>
    /// <returns>Where its tokens have to be written, [length]; empty if it was not kept.</returns>
    public Span<int> Add(int length, double score, double logProbability)
    {
        if (IsFull && score <= WorstScore) return [];
        int rank = IsFull ? Count - 1 : Count++;
        int slot = _entries[rank].Slot;
        for (; rank > 0 && _entries[rank - 1].Score < score; rank--) _entries[rank] = _entries[rank - 1];
        _entries[rank] = new Entry(slot, length, score, logProbability);
        return Tokens(slot)[..length];
    }

    private Span<int> Tokens(int slot) => _tokens.AsSpan(slot * _maximumTokens, _maximumTokens);

    private readonly record struct Entry(int Slot, int Length, double Score, double LogProbability);
}
