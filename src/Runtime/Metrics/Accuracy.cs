using Transformer.Compiled.Training;

namespace Transformer.Compiled.Metrics;

/// <summary>The part of predictions that equal their targets: correct / count, in [0, 1]; 0 when nothing was added.</summary>
/// <remarks>Targets equal to <see cref="Labels.Ignored"/> are not counted. One thread at a time.</remarks>
public sealed class Accuracy
{
    /// <summary>Predictions that equal their targets.</summary>
    public long Correct { get; private set; }

    /// <summary>Predictions with a target that is not ignored.</summary>
    public long Count { get; private set; }

    /// <summary>Correct / Count; 0 when nothing was counted.</summary>
    public double Value => Ratio.Of(Correct, Count);

    /// <summary>Counts one prediction.</summary>
    public void Add(int prediction, int target)
    {
        if (target == Labels.Ignored) return;
        Count++;
        if (prediction == target) Correct++;
    }

    /// <summary>Counts predictions, each with the target at its place.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Add(ReadOnlySpan<int> predictions, ReadOnlySpan<int> targets)
    {
        Pairs.ThrowIfLengthsDiffer(predictions.Length, targets.Length);
        for (int i = 0; i < targets.Length; i++) Add(predictions[i], targets[i]);
    }
}
