using System.Diagnostics;

namespace Transformer.Compiled.Training;

/// <summary>The training loop: batches by number, accumulation, an update, a report; validation, early stopping and the best checkpoint where asked for.</summary>
/// <remarks>
/// Its data follow from the trainer's step count, and what a <see cref="Validation"/> has seen is in checkpoints, so a loaded checkpoint goes on where it
/// stopped: with the best so far, and with the patience that is left.
/// </remarks>
public sealed class TrainingLoop
{
    private readonly ITrainer _trainer;
    private readonly IBatchSource _data;
    private readonly int _tokens;

    /// <param name="trainer">The model; its step count tells which batches come next, so that a loaded checkpoint goes on where it stopped.</param>
    /// <param name="data">Update s uses the micro-batches from s · <see cref="MicroBatches"/> on.</param>
    public TrainingLoop(ILanguageModelTrainer trainer, ITrainingData data)
        : this(trainer, new TextBatches(data))
    {
    }

    /// <param name="trainer">The model; its step count tells which batches come next, so that a loaded checkpoint goes on where it stopped.</param>
    /// <param name="data">Update s uses the micro-batches from s · <see cref="MicroBatches"/> on.</param>
    public TrainingLoop(ITrainer trainer, IBatchSource data)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(data);
        _trainer = trainer;
        _data = data;
        _tokens = TokensOf(trainer.Batch);
    }

    /// <summary>Micro-batches of an update, at least 1. The default is 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MicroBatches
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MicroBatches));
            field = value;
        }
    } = 1;

    /// <summary>Trains until the trainer has done <paramref name="steps"/> updates, those before a loaded checkpoint included.</summary>
    /// <param name="steps">The updates to reach; nothing happens when they are reached already.</param>
    /// <param name="report">Called after each update. It may evaluate, save a checkpoint or cancel.</param>
    /// <param name="cancellation">Checked before each update.</param>
    /// <exception cref="OperationCanceledException">The loop was cancelled; the trainer stands between two updates.</exception>
    public void Run(long steps, Action<TrainingReport>? report = null, CancellationToken cancellation = default) =>
        Run(new TrainingRun { Steps = steps, Report = report }, cancellation);

    /// <summary>Trains until the run's first end. Nothing happens when its steps or epochs are reached already, or its patience is at its end.</summary>
    /// <param name="run">Its ends, its validation and its callbacks.</param>
    /// <param name="cancellation">Checked before each update.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="ArgumentException">
    /// The run has no end, or needs epochs and the data have none, or its validation has the other <see cref="Better"/> than the trainer's so far.
    /// </exception>
    /// <exception cref="FileNotFoundException">The run is to go back to the best checkpoint, there was one, and it is not there.</exception>
    /// <exception cref="OperationCanceledException">The loop was cancelled; the trainer stands between two updates.</exception>
    public StopReason Run(TrainingRun run, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!run.HasEnd) throw new ArgumentException("The run has no end: give it steps, epochs, a target loss or a patience.", nameof(run));
        long lastOfEpochs = run.Epochs is { } epochs ? (long)Math.Ceiling(EpochOnly("epochs to reach") * epochs / MicroBatches) : long.MaxValue;
        long lastOfSteps = run.Steps ?? long.MaxValue;
        long every = run.Validation is null ? 0 : run.Validation.Every ?? 0;
        if (run.Validation is not null && every == 0) EpochOnly("a validation after each epoch");
        run.Validation?.Begin(_trainer);
        if (run.Validation is { HasFailed: true }) return End(run, StopReason.NoImprovement);

        while (true)
        {
            if (_trainer.StepCount >= lastOfSteps) return End(run, StopReason.Steps);
            if (_trainer.StepCount >= lastOfEpochs) return End(run, StopReason.Epochs);
            cancellation.ThrowIfCancellationRequested();

            TrainingReport report = Update(Math.Min(lastOfSteps, lastOfEpochs));
            bool isLast = report.Step >= lastOfSteps || report.Step >= lastOfEpochs;
            if (run.Validation is { } validation && (isLast || IsDue(report.Step, every)))
            {
                (double value, bool isBest) = validation.Measure(_trainer);
                report = report with { Validation = value, Better = validation.Better, IsBest = isBest };
            }

            run.Report?.Invoke(report);
            if (Reason(run, report) is { } reason) return End(run, reason);
        }
    }

    private StopReason End(TrainingRun run, StopReason reason)
    {
        run.Validation?.Restore(_trainer);
        return reason;
    }

    private static StopReason? Reason(TrainingRun run, TrainingReport report)
    {
        double? loss = run.Validation is null ? report.Loss : report.Validation;
        if (run.TargetLoss is { } target && loss < target) return StopReason.TargetLoss;
        if (run.Validation is { HasFailed: true }) return StopReason.NoImprovement;
        return run.StopWhen is not null && run.StopWhen(report) ? StopReason.Caller : null;
    }

    private bool IsDue(long step, long every)
    {
        if (every > 0) return step % every == 0;
        long epoch = _data.BatchesPerEpoch!.Value;
        return step * MicroBatches / epoch != (step - 1) * MicroBatches / epoch;
    }

    private TrainingReport Update(long last)
    {
        long start = Stopwatch.GetTimestamp();
        double learningRate = _trainer.LearningRate;
        double loss = StepOnce();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long step = _trainer.StepCount;
        return new TrainingReport(step, loss, learningRate, _trainer.LastGradientNorm, (double)_tokens * MicroBatches / seconds)
        {
            Epoch = _data.BatchesPerEpoch is { } batches ? (double)step * MicroBatches / batches : 0,
            Progress = last == long.MaxValue ? 0 : Math.Min(1, (double)step / last),
        };
    }

    private double StepOnce()
    {
        long first = _trainer.StepCount * MicroBatches;
        double loss = 0;
        for (int index = 0; index < MicroBatches; index++)
        {
            _data.Fill(first + index, _trainer.Batch);
            loss += _trainer.Forward();
            _trainer.Backward();
        }

        _trainer.Update();
        return loss / MicroBatches;
    }

    private long EpochOnly(string what) =>
        _data.BatchesPerEpoch ?? throw new ArgumentException($"The data have no epochs, which {what} would need; give steps instead.");

    private static int TokensOf(TrainingBatch batch)
    {
        int tokens = batch.Names.Contains(nameof(TrainingBatch.Tokens)) ? batch.Tokens.Length : batch.BatchSize;
        return tokens + (batch.Names.Contains(nameof(TrainingBatch.Sources)) ? batch.Sources.Length : 0);
    }

    /// <summary>Windows of a text in the buffers of a language model.</summary>
    private sealed class TextBatches : IBatchSource
    {
        private readonly ITrainingData _data;

        public TextBatches(ITrainingData data)
        {
            ArgumentNullException.ThrowIfNull(data);
            _data = data;
        }

        public long? BatchesPerEpoch => null;

        public void Fill(long number, TrainingBatch batch) => _data.Fill(number, batch.Tokens, batch.Targets);
    }
}
