namespace Transformer.Compiled.Tokenization;

/// <summary>
/// Merges the tokens of one word: always the pair of lowest rank, of equals the leftmost. The tokens are a linked list and the
/// pairs a priority queue, so that n tokens take O(n log n).
/// </summary>
internal sealed class MergeChain(MergeTable merges)
{
    private const int None = -1;

    private readonly PriorityQueue<Candidate, long> _candidates = new();
    private Link[] _links = new Link[16];
    private int _count;

    /// <summary>Pairs that were queued so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Appends a token to the word.</summary>
    public void Append(int token)
    {
        if (_count == _links.Length) Array.Resize(ref _links, 2 * _count);
        if (_count > 0) _links[_count - 1].Next = _count;
        _links[_count] = new Link { Token = token, Previous = _count - 1, Next = None };
        _count++;
    }

    /// <summary>Merges the word into <paramref name="tokens"/> and is ready for the next word.</summary>
    public void Complete(List<int> tokens)
    {
        for (int left = 0; left < _count - 1; left++) Enqueue(left);
        while (_candidates.TryDequeue(out Candidate candidate, out _)) Apply(candidate);
        for (int link = _count > 0 ? 0 : None; link != None; link = _links[link].Next) tokens.Add(_links[link].Token);
        _count = 0;
    }

    private void Enqueue(int left)
    {
        int right = _links[left].Next;
        if (right == None || !merges.TryGet(_links[left].Token, _links[right].Token, out MergeTable.Merge merge)) return;
        _candidates.Enqueue(new Candidate(left, merge.Token), ((long)merge.Rank << 32) | (uint)left);
        Steps++;
    }

    private void Apply(Candidate candidate)
    {
        ref Link left = ref _links[candidate.Left];
        if (left.Token == None || left.Next == None) return;
        ref Link right = ref _links[left.Next];
        bool isCurrent = merges.TryGet(left.Token, right.Token, out MergeTable.Merge merge) && merge.Token == candidate.Token;
        if (!isCurrent) return;

        left.Token = candidate.Token;
        right.Token = None;
        left.Next = right.Next;
        if (left.Next != None) _links[left.Next].Previous = candidate.Left;
        if (left.Previous != None) Enqueue(left.Previous);
        Enqueue(candidate.Left);
    }

    private struct Link
    {
        public int Token;
        public int Previous;
        public int Next;
    }

    private readonly record struct Candidate(int Left, int Token);
}
