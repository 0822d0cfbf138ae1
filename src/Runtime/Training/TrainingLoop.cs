using System.Diagnostics;

namespace Transformer.Compiled.Training;

/// <summary>The plain training loop: batches by number, accumulation, an update, a report.</summary>
public sealed class TrainingLoop
{
    private readonly ILanguageModelTrainer _trainer;
    private readonly ITrainingData _data;
    private readonly int[] _inputs;
    private readonly int[] _targets;

    /// <param name="trainer">The model; its step count tells which batches come next, so that a loaded checkpoint goes on where it stopped.</param>
    /// <param name="data">Update s uses the micro-batches from s · <see cref="MicroBatches"/> on.</param>
    public TrainingLoop(ILanguageModelTrainer trainer, ITrainingData data)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(data);
        _trainer = trainer;
        _data = data;
        _inputs = new int[trainer.BatchSize * trainer.SequenceLength];
        _targets = new int[_inputs.Length];
    }

    /// <summary>Micro-batches of an update. The default is 1.</summary>
    public int MicroBatches
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1;

    /// <summary>Trains until the trainer has done <paramref name="steps"/> updates, those before a loaded checkpoint included.</summary>
    /// <param name="steps">The updates to reach; nothing happens when they are reached already.</param>
    /// <param name="report">Called after each update. It may evaluate, save a checkpoint or cancel.</param>
    /// <param name="cancellation">Checked before each update.</param>
    /// <exception cref="OperationCanceledException">The loop was cancelled; the trainer stands between two updates.</exception>
    public void Run(long steps, Action<TrainingReport>? report = null, CancellationToken cancellation = default)
    {
        while (_trainer.StepCount < steps)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            double learningRate = _trainer.LearningRate;
            double loss = StepOnce();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            report?.Invoke(new TrainingReport(
                _trainer.StepCount, loss, learningRate, _trainer.LastGradientNorm, (double)_inputs.Length * MicroBatches / seconds));
        }
    }

    private double StepOnce()
    {
        long first = _trainer.StepCount * MicroBatches;
        double loss = 0;
        for (int index = 0; index < MicroBatches; index++)
        {
            _data.Fill(first + index, _inputs, _targets);
            loss += _trainer.Forward(_inputs, _targets);
            _trainer.Backward();
        }

        _trainer.Update();
        return loss / MicroBatches;
    }
}

/// <summary>One update.</summary>
/// <param name="Step">Updates done, this one included.</param>
/// <param name="Loss">The mean loss of its micro-batches, before the update, in nats.</param>
/// <param name="LearningRate">The rate that it used.</param>
/// <param name="GradientNorm">The norm of its gradient before clipping.</param>
/// <param name="TokensPerSecond">Tokens trained on per second, this update alone.</param>
public readonly record struct TrainingReport(long Step, double Loss, double LearningRate, double GradientNorm, double TokensPerSecond);
