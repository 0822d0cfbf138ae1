namespace Transformer.Compiled.Generation;

/// <summary>
/// The indices of scores in descending order, equal scores in ascending order of index; sorted only as far as it is read:
/// O(n) for the first, O(log n) for each one after it.
/// </summary>
/// <remarks>A heap with the best at its root; those already read stand behind it, the best last.</remarks>
internal ref struct Ranking
{
    private readonly ReadOnlySpan<float> _scores;
    private readonly Span<int> _heap;
    private int _left;

    /// <param name="scores">[n], none of them NaN.</param>
    /// <param name="heap">Scratch for [n] indices.</param>
    public Ranking(ReadOnlySpan<float> scores, Span<int> heap)
    {
        _scores = scores;
        _heap = heap;
        _left = heap.Length;
        for (int i = 0; i < heap.Length; i++) heap[i] = i;
        for (int node = (heap.Length / 2) - 1; node >= 0; node--) SiftDown(node, heap[node]);
    }

    /// <summary>The index of the score of that rank, 0 for the highest.</summary>
    public int this[int rank]
    {
        get
        {
            while (_heap.Length - _left <= rank) MoveBestBehindHeap();
            return _heap[_heap.Length - 1 - rank];
        }
    }

    private void MoveBestBehindHeap()
    {
        int best = _heap[0];
        int displaced = _heap[--_left];
        SiftDown(0, displaced);
        _heap[_left] = best;
    }

    private readonly void SiftDown(int node, int index)
    {
        while (true)
        {
            int child = (2 * node) + 1;
            if (child >= _left) break;
            if (child + 1 < _left && IsBetter(_heap[child + 1], _heap[child])) child++;
            if (!IsBetter(_heap[child], index)) break;
            _heap[node] = _heap[child];
            node = child;
        }

        _heap[node] = index;
    }

    private readonly bool IsBetter(int index, int other)
    {
        float score = _scores[index];
        float otherScore = _scores[other];
        return score > otherScore || (score == otherScore && index < other);
    }
}
