namespace Transformer.Compiled.Generation;

/// <summary>A text that a search has found.</summary>
/// <param name="tokens">See <see cref="Tokens"/>.</param>
/// <param name="score">See <see cref="Score"/>.</param>
/// <param name="logProbability">See <see cref="LogProbability"/>.</param>
public readonly ref struct BeamHypothesis(ReadOnlySpan<int> tokens, double score, double logProbability)
{
    /// <summary>The generated tokens, [length], without the prompt and the end token; valid until the next search.</summary>
    public ReadOnlySpan<int> Tokens { get; } = tokens;

    /// <summary>The log-probability divided by the normalised length (<see cref="LengthNormalization"/>).</summary>
    public double Score { get; } = score;

    /// <summary>The natural logarithm of the text's probability after the prompt, with its end token if it has one; tokens that the options force add nothing.</summary>
    public double LogProbability { get; } = logProbability;
}
