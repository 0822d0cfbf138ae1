using Transformer.Compiled.Training;

namespace Transformer.Compiled.Metrics;

/// <summary>
/// How often each class was taken for each other one, and what follows from it: precision, recall and F1 per class, micro and macro.
/// </summary>
/// <remarks>
/// With n(t, p) the number of examples of class t that were predicted as p, class c has<br/>
/// precision n(c, c) / Σ n(·, c), recall n(c, c) / Σ n(c, ·), and F1 their harmonic mean.<br/>
/// The definitions and the treatment of empty ratios (they are 0) are scikit-learn's. Targets equal to <see cref="Labels.Ignored"/> are not
/// counted. One thread at a time.
/// </remarks>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    /// <param name="classes">Number of classes, at least 1; classes are numbered from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of classes is not positive.</exception>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Classes = classes;
        _counts = new long[(long)classes * classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Examples that were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Examples of a class that were predicted as a class.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not a class.</exception>
    public long this[int target, int prediction] => _counts[Index(target, prediction)];

    /// <summary>The part of examples that were predicted right, in [0, 1]; 0 when nothing was counted.</summary>
    public double Accuracy => Micro.F1;

    /// <summary>
    /// Scores of all examples together. Each example has one class and one prediction, so precision, recall and F1 are equal, and equal
    /// the accuracy. All 0 when nothing was counted.
    /// </summary>
    public PrecisionRecallF1 Micro
    {
        get
        {
            long correct = 0;
            for (int i = 0; i < Classes; i++) correct += this[i, i];
            return PrecisionRecallF1.FromCounts(correct, Count, Count);
        }
    }

    /// <summary>
    /// The unweighted means of the scores of those classes that occur among targets or predictions. All 0 when nothing was counted.
    /// </summary>
    public PrecisionRecallF1 Macro
    {
        get
        {
            var mean = new ScoreMean();
            for (int i = 0; i < Classes; i++)
            {
                if (Support(i) + Predictions(i) > 0) mean.Add(Score(i));
            }
            return mean.Value;
        }
    }

    /// <summary>Counts one example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The prediction or the target is not a class, nor the target ignored.</exception>
    public void Add(int prediction, int target)
    {
        if (target == Labels.Ignored) return;
        _counts[Index(target, prediction)]++;
        Count++;
    }

    /// <summary>Counts predictions, each with the target at its place.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">As of a single example; those before it are counted.</exception>
    public void Add(ReadOnlySpan<int> predictions, ReadOnlySpan<int> targets)
    {
        Pairs.ThrowIfLengthsDiffer(predictions.Length, targets.Length);
        for (int i = 0; i < targets.Length; i++) Add(predictions[i], targets[i]);
    }

    /// <summary>Scores of a class; those that divide by nothing are 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public PrecisionRecallF1 Score(int index) => PrecisionRecallF1.FromCounts(this[index, index], Predictions(index), Support(index));

    /// <summary>Examples of a class.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long Support(int target)
    {
        long sum = 0;
        for (int prediction = 0; prediction < Classes; prediction++) sum += this[target, prediction];
        return sum;
    }

    /// <summary>Examples that were predicted as a class.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long Predictions(int prediction)
    {
        long sum = 0;
        for (int target = 0; target < Classes; target++) sum += this[target, prediction];
        return sum;
    }

    private long Index(int target, int prediction)
    {
        ThrowIfNotAClass(target, nameof(target));
        ThrowIfNotAClass(prediction, nameof(prediction));
        return (long)target * Classes + prediction;
    }

    private void ThrowIfNotAClass(int value, string name)
    {
        if ((uint)value >= (uint)Classes) throw new ArgumentOutOfRangeException(name, value, $"Classes are 0 to {Classes - 1}.");
    }
}
