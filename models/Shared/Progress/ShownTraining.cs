using System.Diagnostics;
using Transformer.Compiled.Training;
using Transformer.Compiled.Visualization;

namespace Transformer.Compiled.Models;

/// <summary>Training as the programs do it: it shows how it goes, can be stopped, and leaves its curve beside the weights.</summary>
internal static class ShownTraining
{
    /// <summary>Trains; false when Ctrl+C has stopped it between two steps.</summary>
    /// <param name="trainer">The model.</param>
    /// <param name="loop">The loop over the trainer's data.</param>
    /// <param name="steps">The steps to reach.</param>
    /// <param name="weights">The file beside which the curve is written.</param>
    /// <param name="resumed">The checkpoint that was loaded into the trainer, beside which the curve's beginning lies; null for none.</param>
    public static bool Run(ITrainer trainer, TrainingLoop loop, int steps, string weights, string? resumed = null)
    {
        long first = trainer.StepCount;
        TrainingCurve curve = TrainingCurve.Continue(resumed ?? weights, first);
        var progress = new Progress(steps, first, TokensOf(trainer.Batch));
        long start = Stopwatch.GetTimestamp();
        bool isComplete = progress.Show((show, cancellation) => loop.Run(
            steps,
            report =>
            {
                curve.Add(report);
                show(report);
            },
            cancellation));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.Out.WriteLine(FormattableString.Invariant($"Trained {trainer.StepCount - first} steps in {seconds:F1} s"));

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(weights))!);
        if (curve.Points.Count > 0) curve.Write(weights);
        return isComplete;
    }

    private static int TokensOf(TrainingBatch batch) =>
        batch.Tokens.Length + (batch.Names.Contains(nameof(TrainingBatch.Sources)) ? batch.Sources.Length : 0);
}
