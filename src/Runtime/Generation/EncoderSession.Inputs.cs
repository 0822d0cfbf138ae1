namespace Transformer.Compiled.Generation;

public abstract unsafe partial class EncoderSession
{
    /// <summary>The length of sequences that factors, and pairs, were set for; 0 where none are set.</summary>
    private int _scaleLength, _pairLength;

    /// <inheritdoc/>
    public void SetInputScale(ReadOnlySpan<float> factors)
    {
        ThrowIfDisposed();
        if (!_shape.HasInputScale) throw new InvalidOperationException("The model has no factors of embeddings: declare it with InputMask.");
        if (factors.Length % Batch != 0 || factors.Length > _shape.ScaleCount)
        {
            throw new ArgumentException(
                $"There are {factors.Length} factors; {Batch} sequences of up to {SequenceLength} tokens have one for each token.", nameof(factors));
        }

        _scaleLength = factors.Length / Batch;
        if (factors.IsEmpty) ClearScale();
        else factors.CopyTo(new Span<float>(InputScale.Value, factors.Length));
    }

    /// <inheritdoc/>
    public void SetPairMask(ReadOnlySpan<float> pairs)
    {
        ThrowIfDisposed();
        if (_shape.PairMask == Compiled.PairMask.None) throw new InvalidOperationException("The model has no mask of pairs: declare it with PairMask.");
        int length = (int)Math.Round(Math.Sqrt(pairs.Length / (double)Batch));
        if (length > SequenceLength || Batch * length * length != pairs.Length)
        {
            throw new ArgumentException(
                $"There are {pairs.Length} pairs; {Batch} sequences of n tokens, up to {SequenceLength}, have {Batch} · n · n.", nameof(pairs));
        }

        InputChecks.Pairs(pairs, _shape.PairMask, nameof(pairs));
        _pairLength = length;
        if (pairs.IsEmpty) ClearPairs();
        var inputs = new Span<float>(PairMask.Value, pairs.Length);
        pairs.CopyTo(inputs);
        if (_shape.PairMask == Compiled.PairMask.Boolean) InputChecks.HideWhereZero(inputs);
    }

    private void ClearScale() => new Span<float>(InputScale.Value, _shape.ScaleCount).Fill(1);

    private void ClearPairs() =>
        new Span<float>(PairMask.Value, _shape.PairCount).Fill(_shape.PairMask == Compiled.PairMask.Multiplicative ? 1 : 0);

    private void CheckTokens(ReadOnlySpan<int> tokens, ReadOnlySpan<int> attentionMask, ReadOnlySpan<int> tokenTypes)
    {
        ThrowIfDisposed();
        if (_shape.VocabularySize == 0) throw new InvalidOperationException("The model reads images, not tokens.");
        if (tokens.IsEmpty || tokens.Length % Batch != 0 || tokens.Length > _shape.Rows)
        {
            throw new ArgumentException(
                $"There are {tokens.Length} tokens; {Batch} sequences of 1 to {SequenceLength} tokens, all of one length, are encoded at once.", nameof(tokens));
        }

        CheckSameLength(attentionMask.Length, tokens.Length, nameof(attentionMask));
        CheckSameLength(tokenTypes.Length, tokens.Length, nameof(tokenTypes));
        if (!tokenTypes.IsEmpty && _shape.TokenTypes == 0) throw new ArgumentException("The model has no token types.", nameof(tokenTypes));
        InputChecks.Below(tokens, _shape.VocabularySize, nameof(tokens));
        InputChecks.Below(attentionMask, 2, nameof(attentionMask));
        InputChecks.Below(tokenTypes, _shape.TokenTypes, nameof(tokenTypes));
    }

    private static void CheckSameLength(int length, int tokens, string name)
    {
        if (length != 0 && length != tokens) throw new ArgumentException($"{name} has {length} elements for {tokens} tokens.", name);
    }

    private void CheckLengthsOfMasks(int length)
    {
        if (_scaleLength != 0 && _scaleLength != length) throw OtherLength("factors of embeddings are", _scaleLength, length);
        if (_pairLength != 0 && _pairLength != length) throw OtherLength("mask of pairs is", _pairLength, length);
    }

    private static InvalidOperationException OtherLength(string what, int set, int length) =>
        new($"The {what} set for sequences of {set} tokens, and these have {length}: set it anew, or empty.");
}
