namespace Transformer.Compiled.Training;

/// <summary>
/// The corruption of masked language modelling (Devlin et al. 2019, §3.1): each token that is not special is a target with probability
/// <see cref="Rate"/>, and is then replaced by the mask token (80 %) or by any token (10 %), or stays (10 %).
/// </summary>
public sealed class TokenMasking
{
    private readonly int _maskToken;
    private readonly int _vocabularySize;
    private readonly HashSet<int> _specialTokens;

    /// <param name="maskToken">The id that replaces most targets, below <paramref name="vocabularySize"/>.</param>
    /// <param name="vocabularySize">Random replacements are drawn from all of the vocabulary; at least 1.</param>
    /// <param name="specialTokens">Ids that are never targets: padding, separators and the like.</param>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary is empty, or the mask token not in it.</exception>
    public TokenMasking(int maskToken, int vocabularySize, IEnumerable<int> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(specialTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        ArgumentOutOfRangeException.ThrowIfNegative(maskToken);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(maskToken, vocabularySize);
        _maskToken = maskToken;
        _vocabularySize = vocabularySize;
        _specialTokens = [.. specialTokens];
    }

    /// <summary>The probability that a token is a target, in [0, 1). The default is 0.15.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Rate
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.15;

    /// <summary>The part of the targets that stay as they are, in [0, 1). The default is 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double KeptShare
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.1;

    /// <summary>The part of the targets that become random tokens, in [0, 1); the rest, but for those kept, is masked. The default is 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double RandomShare
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.1;

    /// <summary>Corrupts one sequence; the result depends on seed, example and tokens alone.</summary>
    /// <param name="seed">The key of the draws.</param>
    /// <param name="example">The number of the sequence among all that training sees: other numbers, other masks.</param>
    /// <param name="tokens">The sequence, [n].</param>
    /// <param name="inputs">The corrupted sequence, [n]; may be the same memory as <paramref name="tokens"/>.</param>
    /// <param name="targets">The token at each target's place, and −100 elsewhere, [n].</param>
    /// <returns>The number of targets; it may be 0.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public int Apply(ulong seed, long example, ReadOnlySpan<int> tokens, Span<int> inputs, Span<int> targets)
    {
        if (inputs.Length != tokens.Length || targets.Length != tokens.Length)
            throw new ArgumentException($"There are {tokens.Length} tokens and room for {inputs.Length} inputs and {targets.Length} targets.");

        var draws = new DataDraws(DataDraws.Masking, seed, example);
        int count = 0;
        for (int index = 0; index < tokens.Length; index++)
        {
            int token = tokens[index];
            bool isTarget = !_specialTokens.Contains(token) && draws.Uniform() < Rate;
            targets[index] = isTarget ? token : Labels.Ignored;
            inputs[index] = isTarget ? Replacement(token, ref draws) : token;
            count += isTarget ? 1 : 0;
        }

        return count;
    }

    private int Replacement(int token, ref DataDraws draws)
    {
        double draw = draws.Uniform();
        if (draw < KeptShare) return token;
        return draw < KeptShare + RandomShare ? draws.Below(_vocabularySize) : _maskToken;
    }
}
