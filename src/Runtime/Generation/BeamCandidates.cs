namespace Transformer.Compiled.Generation;

/// <summary>The best continuations of all beams, best first. Of equal scores that of the lower beam is first, within a beam that of the higher logit, then of the lower token.</summary>
internal sealed class BeamCandidates(int capacity)
{
    private readonly Candidate[] _candidates = new Candidate[capacity];
    private int _count;

    public ReadOnlySpan<Candidate> Best => _candidates.AsSpan(0, _count);

    public void Clear() => _count = 0;

    /// <summary>Adds the best continuations of one beam; beams come in ascending order.</summary>
    /// <param name="beam">The beam's row.</param>
    /// <param name="logits">[vocabulary], none NaN; −∞ excludes a token.</param>
    /// <param name="offset">What makes a logit the log-probability of the whole text.</param>
    /// <param name="ranks">Scratch, [vocabulary].</param>
    public void AddBestOf(int beam, ReadOnlySpan<float> logits, double offset, Span<int> ranks)
    {
        var ranking = new Ranking(logits, ranks);
        int limit = Math.Min(_candidates.Length, logits.Length);
        for (int rank = 0; rank < limit; rank++)
        {
            int token = ranking[rank];
            if (float.IsNegativeInfinity(logits[token])) break;
            if (!TryAdd(new Candidate(beam, token, offset + logits[token]))) break;
        }
    }

    private bool TryAdd(Candidate candidate)
    {
        bool isFull = _count == _candidates.Length;
        if (isFull && candidate.LogProbability <= _candidates[^1].LogProbability) return false;
        int place = isFull ? _count - 1 : _count++;
        for (; place > 0 && _candidates[place - 1].LogProbability < candidate.LogProbability; place--) _candidates[place] = _candidates[place - 1];
        _candidates[place] = candidate;
        return true;
    }

    /// <summary>A beam and the token that would continue it.</summary>
    public readonly record struct Candidate(int Beam, int Token, double LogProbability);
}
