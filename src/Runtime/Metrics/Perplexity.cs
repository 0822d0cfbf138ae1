namespace Transformer.Compiled.Metrics;

/// <summary>exp(mean negative log-likelihood of a token), in [1, ∞]: among how many equally likely tokens the model chooses.</summary>
/// <remarks>
/// −Σ ln p(token) / tokens is summed over all that is added, so batches count by their tokens, not each the same (Jelinek, Mercer, Bahl and
/// Baker 1977). One thread at a time.
/// </remarks>
public sealed class Perplexity
{
    private double _negativeLogLikelihood;

    /// <summary>Tokens that were counted.</summary>
    public long Tokens { get; private set; }

    /// <summary>Mean negative log-likelihood of a token, in nats.</summary>
    /// <exception cref="InvalidOperationException">No tokens were added, so that there is no mean.</exception>
    public double CrossEntropy => Tokens > 0
        ? _negativeLogLikelihood / Tokens
        : throw new InvalidOperationException("No tokens were added; perplexity of nothing is undefined.");

    /// <summary>exp(CrossEntropy); ∞ when a token had probability 0.</summary>
    /// <exception cref="InvalidOperationException">No tokens were added.</exception>
    public double Value => Math.Exp(CrossEntropy);

    /// <summary>Counts tokens by their mean loss, as trainers return it. No tokens change nothing.</summary>
    /// <param name="meanLoss">Mean negative log-likelihood of the tokens, in nats; not NaN.</param>
    /// <param name="tokens">Number of tokens that the mean is of: those that are not ignored.</param>
    /// <exception cref="ArgumentOutOfRangeException">The loss is NaN, or the number of tokens negative.</exception>
    public void Add(double meanLoss, long tokens)
    {
        if (double.IsNaN(meanLoss)) throw new ArgumentOutOfRangeException(nameof(meanLoss), meanLoss, "The loss is not a number.");
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        if (tokens == 0) return;
        _negativeLogLikelihood += meanLoss * tokens;
        Tokens += tokens;
    }

    /// <summary>Counts tokens by their log-probabilities.</summary>
    /// <param name="logProbabilities">ln p of each token, at most 0, not NaN; −∞ is allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is NaN; those before it are counted.</exception>
    public void Add(ReadOnlySpan<float> logProbabilities)
    {
        foreach (float logProbability in logProbabilities) Add(-logProbability, 1);
    }
}
