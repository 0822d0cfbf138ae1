namespace Transformer.Compiled.Training;

/// <summary>One update.</summary>
/// <param name="Step">Updates done, this one included.</param>
/// <param name="Loss">The mean loss of its micro-batches, before the update; that of classes is in nats.</param>
/// <param name="LearningRate">The rate that it used.</param>
/// <param name="GradientNorm">The norm of its gradient before clipping.</param>
/// <param name="TokensPerSecond">Tokens trained on per second, padding included, this update alone; images where there are no tokens.</param>
public readonly record struct TrainingReport(long Step, double Loss, double LearningRate, double GradientNorm, double TokensPerSecond)
{
    /// <summary>Epochs done, with the part of the one that is under way; 0 where the data have none.</summary>
    public double Epoch { get; init; }

    /// <summary>The part of the run that is done, in [0, 1], where the run ends after steps or epochs; it may end earlier.</summary>
    public double Progress { get; init; }

    /// <summary>What validation after this update measured; null where there was none.</summary>
    public double? Validation { get; init; }

    /// <summary>Which of two validations is better: what is lower, as losses, or what is higher.</summary>
    public Better Better { get; init; }

    /// <summary>Whether that was the best so far.</summary>
    public bool IsBest { get; init; }
}
