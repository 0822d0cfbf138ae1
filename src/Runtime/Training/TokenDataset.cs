namespace Transformer.Compiled.Training;

/// <summary>One contiguous text as token ids, from which windows are cut.</summary>
public sealed class TokenDataset
{
    /// <param name="tokens">The ids; not copied.</param>
    public TokenDataset(ReadOnlyMemory<int> tokens) => Tokens = tokens;

    /// <summary>The ids.</summary>
    public ReadOnlyMemory<int> Tokens { get; }

    /// <summary>The number of tokens.</summary>
    public int Count => Tokens.Length;

    /// <summary>Cuts the text in two: the first ⌊Count · <paramref name="trainingFraction"/>⌋ tokens, and the rest. Nothing is copied.</summary>
    /// <param name="trainingFraction">In [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in [0, 1].</exception>
    public (TokenDataset Training, TokenDataset Validation) Split(double trainingFraction)
    {
        if (trainingFraction is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(trainingFraction), trainingFraction, "The fraction must be from 0 to 1.");

        int trainingCount = (int)(Count * trainingFraction);
        return (new TokenDataset(Tokens[..trainingCount]), new TokenDataset(Tokens[trainingCount..]));
    }

    /// <summary>Copies a window and, as its targets, the tokens that follow each of its own.</summary>
    internal void CopyWindow(int start, Span<int> inputs, Span<int> targets)
    {
        ReadOnlySpan<int> tokens = Tokens.Span;
        tokens.Slice(start, inputs.Length).CopyTo(inputs);
        tokens.Slice(start + 1, targets.Length).CopyTo(targets);
    }
}
