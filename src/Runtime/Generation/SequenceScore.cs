namespace Transformer.Compiled.Generation;

/// <summary>How likely a model holds a sequence of tokens to be.</summary>
/// <param name="LogProbabilities">The natural logarithm of each token's probability after those before it, in nats; at most 0.</param>
public sealed record SequenceScore(float[] LogProbabilities)
{
    /// <summary>The natural logarithm of the sequence's probability, in nats; 0 when nothing was scored.</summary>
    public double LogProbability
    {
        get
        {
            double sum = 0;
            foreach (float logProbability in LogProbabilities) sum += logProbability;
            return sum;
        }
    }

    /// <summary>exp(−mean log-probability): the number of equally likely tokens that would be as hard to guess. NaN when nothing was scored.</summary>
    public double Perplexity => Math.Exp(-LogProbability / LogProbabilities.Length);
}
