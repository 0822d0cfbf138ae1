namespace Transformer.Compiled.Generation;

/// <summary>
/// Beam search (as in Hugging Face's library): keeps the likeliest unfinished texts, each in a row of a session, continues all of them
/// at once, and collects the ended texts that are best by their length-normalised log-probability.
/// </summary>
/// <remarks>
/// <para>
/// With B beams, at each step the 2·B likeliest continuations are looked at (more with several end tokens, so that enough of them are no end). Those
/// with an end token among the first B are texts that have been found; the first B of the others are the next beams. At the
/// maximum length the beams are texts too. Log-probabilities are those of the model: excluding tokens does not renormalise them,
/// and a token that is forced adds nothing. A beam that no token can continue is dropped.
/// </para>
/// <para>
/// Ties go to the lower row, then to the higher logit, then to the lower token; so with one row and the default stopping the search is
/// greedy decoding. All memory is taken in the constructor; a step allocates nothing. One caller at a time.
/// </para>
/// </remarks>
public sealed class BeamSearch
{
    private readonly IDecoderSession _session;
    private readonly BeamSearchOptions _options;
    private readonly int _width;
    private readonly BeamHypotheses _found;
    private readonly BeamCandidates _candidates;
    private readonly int[] _stopTokens;
    private readonly int[] _forcedTokens;
    private readonly int[] _parents;
    private readonly int[] _tokens;
    private readonly double[] _logProbabilities;
    private readonly float[] _scores;
    private readonly float[] _scratch;
    private readonly int[] _ranks;
    private int _start;
    private int _beams;

    /// <summary>A search with as many beams as the options say, or as the session has rows.</summary>
    /// <param name="session">Decodes the beams; not disposed by the search.</param>
    /// <param name="options">Default: those of a new <see cref="BeamSearchOptions"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A start, end or forced token is outside the vocabulary, or the session has fewer rows than there shall be beams.
    /// </exception>
    public BeamSearch(IDecoderSession session, BeamSearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
        _options = options ?? new BeamSearchOptions();
        _stopTokens = [.. _options.StopTokens];
        _forcedTokens = [.. _options.ForcedTokens];
        CheckTokens(_stopTokens, nameof(BeamSearchOptions.StopTokens));
        CheckTokens(_forcedTokens, nameof(BeamSearchOptions.ForcedTokens));
        if (_options.StartToken is { } start) CheckTokens([start], nameof(BeamSearchOptions.StartToken));
        if (_options.ForcedEndToken is { } end) CheckTokens([end], nameof(BeamSearchOptions.ForcedEndToken));

        _width = _options.Beams ?? session.Batch;
        if (_width > session.Batch)
            throw new ArgumentOutOfRangeException(nameof(BeamSearchOptions.Beams), _width, $"There are {_width} beams, and {session.Batch} rows of the session to keep them.");
        _found = new BeamHypotheses(_width, session.ContextLength);
        _candidates = new BeamCandidates(_width * Math.Max(2, 1 + _stopTokens.Length));
        _parents = new int[session.Batch];
        _tokens = new int[session.Batch];
        _logProbabilities = new double[_width];
        _scores = new float[session.VocabularySize];
        _scratch = new float[session.VocabularySize];
        _ranks = new int[session.VocabularySize];
    }

    /// <summary>The number of texts that the last search has found: at most one for each beam.</summary>
    public int Count => _found.Count;

    /// <summary>The text of that rank, 0 for the one with the highest score; of equals the one found first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no text of that rank.</exception>
    public BeamHypothesis this[int rank] => _found[rank];

    /// <summary>Searches for texts that follow the prompt, after what the cache of row 0 already holds; an empty prompt goes on from there.</summary>
    /// <remarks>Afterwards the rows hold the last beams: reset the session before another text.</remarks>
    /// <param name="prompt">[tokens].</param>
    /// <exception cref="ArgumentException">There is no token to begin with, or a logit is NaN or +∞.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token of the prompt is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The prompt does not fit into what is left of the context, or row 0 lacks the source that its model needs.</exception>
    public void Search(ReadOnlySpan<int> prompt)
    {
        Begin(prompt);
        int maximumLength = Math.Min(_options.MaximumLength ?? int.MaxValue, _session.ContextLength);
        int limit = Math.Min(_options.NewTokens ?? int.MaxValue, maximumLength - _start);
        for (int length = 1; length <= limit; length++)
        {
            if (ForcedAt(length, limit) is { } forced) ForceToken(forced);
            else RankContinuations(length);
            Branch(length);
            if (_beams == 0 || IsDone(length, limit)) return;
            if (length == limit) CollectBeams(length);
            else Advance();
        }
    }

    private void Begin(ReadOnlySpan<int> prompt)
    {
        _found.Clear();
        if (_options.StartToken is { } start && _session.PositionOf(0) == 0) _session.Prefill(0, [start]);
        if (prompt.Length > 0 || _session.PositionOf(0) == 0) _session.Prefill(0, prompt);
        _session.Broadcast(0);
        _start = _session.PositionOf(0);
        _beams = 1;
        _logProbabilities[0] = 0;
    }

    /// <summary>Fills the candidates with continuations of <paramref name="length"/> tokens.</summary>
    private void RankContinuations(int length)
    {
        _candidates.Clear();
        for (int beam = 0; beam < _beams; beam++)
        {
            ReadOnlySpan<float> logits = _session.LogitsOf(beam);
            double offset = _logProbabilities[beam] - LogSoftmax.Normalizer(logits, _scratch);
            Constrain(logits, _session.HistoryOf(beam), length);
            _candidates.AddBestOf(beam, _scores, offset, _ranks);
        }
    }

    /// <summary>The token that has to be the one at <paramref name="length"/>; null where there is a choice.</summary>
    private int? ForcedAt(int length, int limit)
    {
        if (length == limit && _options.ForcedEndToken is { } end) return end;
        return length <= _forcedTokens.Length ? _forcedTokens[length - 1] : null;
    }

    /// <summary>Makes the token the one continuation of each beam, at no cost.</summary>
    private void ForceToken(int token)
    {
        _candidates.Clear();
        _scores.AsSpan().Fill(float.NegativeInfinity);
        _scores[token] = 0;
        for (int beam = 0; beam < _beams; beam++) _candidates.AddBestOf(beam, _scores, _logProbabilities[beam], _ranks);
    }

    /// <summary>Copies the logits, with −∞ for each token that must not be the one at <paramref name="length"/>.</summary>
    private void Constrain(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, int length)
    {
        logits.CopyTo(_scores);
        if (_options.NoRepeatNGram > 0) NGrams.Exclude(_scores, history, _options.NoRepeatNGram);
        if (length > _options.MinimumNewTokens) return;
        foreach (int token in _stopTokens) _scores[token] = float.NegativeInfinity;
    }

    /// <summary>Divides the candidates into texts that have been found and the next beams.</summary>
    private void Branch(int length)
    {
        ReadOnlySpan<BeamCandidates.Candidate> candidates = _candidates.Best;
        int beams = 0;
        for (int rank = 0; rank < candidates.Length && beams < _width; rank++)
        {
            BeamCandidates.Candidate candidate = candidates[rank];
            if (_stopTokens.AsSpan().Contains(candidate.Token))
            {
                if (rank >= _width) continue;
                Span<int> tokens = _found.Add(length - 1, Normalized(candidate.LogProbability, length), candidate.LogProbability);
                if (!tokens.IsEmpty) _session.HistoryOf(candidate.Beam)[_start..].CopyTo(tokens);
                continue;
            }

            _parents[beams] = candidate.Beam;
            _tokens[beams] = candidate.Token;
            _logProbabilities[beams] = candidate.LogProbability;
            beams++;
        }

        _beams = beams;
    }

    private bool IsDone(int length, int limit)
    {
        if (!_found.IsFull) return false;
        if (_options.Stopping == BeamStopping.Immediate) return true;
        bool gainsByLength = _options.Stopping == BeamStopping.Exhaustive && _options.LengthPenalty > 0;
        return _found.WorstScore >= Normalized(_candidates.Best[0].LogProbability, gainsByLength ? limit : length);
    }

    /// <summary>The beams have reached the maximum length: their last tokens are not decoded any more.</summary>
    private void CollectBeams(int length)
    {
        for (int beam = 0; beam < _beams; beam++)
        {
            double logProbability = _logProbabilities[beam];
            Span<int> tokens = _found.Add(length, Normalized(logProbability, length), logProbability);
            if (tokens.IsEmpty) continue;
            _session.HistoryOf(_parents[beam])[_start..].CopyTo(tokens);
            tokens[^1] = _tokens[beam];
        }
    }

    /// <summary>Decodes the beams. Rows that have none follow the first, since a step takes all rows.</summary>
    private void Advance()
    {
        _parents.AsSpan(_beams).Fill(_parents[0]);
        _tokens.AsSpan(_beams).Fill(_tokens[0]);
        _session.ReorderCache(_parents);
        _session.Decode(_tokens);
    }

    private double Normalized(double logProbability, int length)
    {
        double size = _options.Normalization == LengthNormalization.Wu ? (5.0 + length) / 6 : length;
        return logProbability / Math.Pow(size, _options.LengthPenalty);
    }

    private void CheckTokens(ReadOnlySpan<int> tokens, string property)
    {
        foreach (int token in tokens)
        {
            if ((uint)token < (uint)_session.VocabularySize) continue;
            throw new ArgumentOutOfRangeException(property, token, $"Token {token} is outside the vocabulary of {_session.VocabularySize} tokens.");
        }
    }
}
