namespace Transformer.Compiled.Metrics;

/// <summary>Precision, recall and their harmonic mean, each in [0, 1].</summary>
/// <param name="Precision">The part of what was predicted that is right.</param>
/// <param name="Recall">The part of what is there that was predicted.</param>
/// <param name="F1">2 · precision · recall / (precision + recall).</param>
public readonly record struct PrecisionRecallF1(double Precision, double Recall, double F1)
{
    /// <summary>Scores of counts. A ratio of nothing is 0: precision without predictions, recall without targets, F1 without both.</summary>
    /// <param name="correct">Predictions that are right (true positives).</param>
    /// <param name="predicted">All predictions (true and false positives).</param>
    /// <param name="actual">All targets (true positives and false negatives).</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or more are correct than predicted or actual.</exception>
    public static PrecisionRecallF1 FromCounts(long correct, long predicted, long actual)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, predicted);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, actual);
        return new(Ratio.Of(correct, predicted), Ratio.Of(correct, actual), Ratio.Of(2 * correct, predicted + actual));
    }
}
