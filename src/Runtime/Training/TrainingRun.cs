namespace Transformer.Compiled.Training;

/// <summary>When a run of a <see cref="TrainingLoop"/> ends, and what happens on the way. It ends at whatever comes first; something has to be given.</summary>
public sealed class TrainingRun
{
    /// <summary>Updates to reach, those before a loaded checkpoint included.</summary>
    public long? Steps { get; init; }

    /// <summary>Epochs to reach, in parts too; the last update may go on into the next epoch by less than its micro-batches.</summary>
    public double? Epochs { get; init; }

    /// <summary>The loss below which the run ends: the validation's where there is one, otherwise that of an update.</summary>
    public double? TargetLoss { get; init; }

    /// <summary>What is measured on the way, for early stopping and the best checkpoint.</summary>
    public Validation? Validation { get; init; }

    /// <summary>Called after each update, and after the validation that follows it. It may evaluate or save a checkpoint.</summary>
    public Action<TrainingReport>? Report { get; init; }

    /// <summary>Ends the run after an update, for a reason of the caller's own.</summary>
    public Predicate<TrainingReport>? StopWhen { get; init; }

    internal bool HasEnd => Steps is not null || Epochs is not null || TargetLoss is not null || StopWhen is not null || Validation?.Patience is not null;
}

/// <summary>Which of two measurements is better.</summary>
public enum Better
{
    /// <summary>The lower one: losses.</summary>
    Lower,

    /// <summary>The higher one: accuracy, F1, BLEU.</summary>
    Higher,
}

/// <summary>A measurement that a run takes again and again, and whose best it remembers.</summary>
/// <remarks>
/// What it has seen is the trainer's <see cref="ITrainer.ValidationProgress"/>: a run begins with what the trainer has, also from a checkpoint, and a trainer that has
/// nothing begins anew.
/// </remarks>
/// <param name="measure">
/// The loss or metric, such as that of <see cref="ValidationWindows"/> or <see cref="ValidationLoss"/>. It may evaluate with the trainer; not update.
/// </param>
public sealed class Validation(Func<double> measure)
{
    private ValidationProgress _progress = ValidationProgress.None(Better.Lower);

    /// <summary>Updates between measurements; null (the default) for one at the end of each epoch. One is taken at the last of its steps or epochs too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long? Every
    {
        get;
        init
        {
            if (value is { } every) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every, nameof(Every));
            field = value;
        }
    }

    /// <summary>Whether lower or higher is better. The default is lower.</summary>
    public Better Better { get; init; }

    /// <summary>Early stopping: the run ends at this many measurements in a row that were no improvement; null (the default) for never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? Patience
    {
        get;
        init
        {
            if (value is { } patience) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(patience, nameof(Patience));
            field = value;
        }
    }

    /// <summary>By how much a measurement has to be better than the best to be an improvement. The default is 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public double MinDelta
    {
        get;
        init => field = HyperParameter.NonNegative(value);
    }

    /// <summary>Where the training checkpoint of the best measurement is kept; null (the default) for nowhere.</summary>
    public string? BestCheckpoint { get; init; }

    /// <summary>Whether the trainer goes back to <see cref="BestCheckpoint"/> at the end of the run.</summary>
    public bool RestoresBest { get; init; }

    /// <summary>A schedule that observes each measurement; null for none.</summary>
    public ReduceOnPlateau? Plateau { get; init; }

    /// <summary>The best measurement; NaN before the first.</summary>
    public double Best => _progress.Best;

    /// <summary>Updates done at the best measurement.</summary>
    public long BestStep => _progress.BestStep;

    internal bool HasFailed => _progress.Failures >= Patience;

    /// <summary>Goes on from what the trainer has seen.</summary>
    internal void Begin(ITrainer trainer)
    {
        ValidationProgress progress = trainer.ValidationProgress ?? ValidationProgress.None(Better);
        if (progress.Better != Better)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The trainer was validated with {progress.Better} as the better (the best is {progress.Best} at step {progress.BestStep}), and this run says {Better}. Set its ValidationProgress to null to begin anew."));
        }

        if (RestoresBest && BestCheckpoint is not null && !double.IsNaN(progress.Best) && !File.Exists(BestCheckpoint))
        {
            throw new FileNotFoundException(FormattableString.Invariant(
                $"The best measurement so far is {progress.Best} at step {progress.BestStep}, and its checkpoint, to which the run may go back, is not there: {BestCheckpoint}. Set the trainer's ValidationProgress to null to begin anew."), BestCheckpoint);
        }

        _progress = progress;
    }

    /// <summary>Measures, keeps the best, and says whether this is it. NaN never is.</summary>
    internal (double Value, bool IsBest) Measure(ITrainer trainer)
    {
        double value = measure();
        Plateau?.Observe(value);
        double improvement = Better == Better.Lower ? Best - value : value - Best;
        bool isBest = !double.IsNaN(value) && (double.IsNaN(Best) || improvement > MinDelta);
        _progress = isBest
            ? new ValidationProgress(value, trainer.StepCount, Failures: 0, Better)
            : _progress with { Failures = _progress.Failures + 1 };
        trainer.ValidationProgress = _progress;
        if (isBest && BestCheckpoint is not null) trainer.SaveCheckpoint(BestCheckpoint);
        return (value, isBest);
    }

    internal void Restore(ITrainer trainer)
    {
        if (RestoresBest && BestCheckpoint is not null && !double.IsNaN(Best) && BestStep != trainer.StepCount) trainer.LoadCheckpoint(BestCheckpoint);
    }
}

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>It reached its updates.</summary>
    Steps,

    /// <summary>It reached its epochs.</summary>
    Epochs,

    /// <summary>The loss fell below the target.</summary>
    TargetLoss,

    /// <summary>The validation did not improve for as long as its patience.</summary>
    NoImprovement,

    /// <summary><see cref="TrainingRun.StopWhen"/> said so.</summary>
    Caller,
}
