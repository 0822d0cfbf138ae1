using Runtime.Tests.Checkpoints;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

/// <summary>A resumed run knows its best checkpoint, and its patience ends when that of the uninterrupted run does.</summary>
public sealed class ValidationResumptionTests : IDisposable
{
    private static readonly AdamW Optimizer = new() { LearningRate = 0.05 };

    /// <summary>What is measured after 2, 4, … updates: the best is at 4, and patience ends at 12.</summary>
    private static readonly double[] Measurements = [3, 2, double.NaN, 1.95, 2.5, 2.25, 0];

    private readonly TemporaryFolder _folder = new();

    private string Saved => _folder.File("run.safetensors");

    private string BestFile => _folder.File("best.safetensors");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, Better.Lower, true)]
    [InlineData(2, Better.Higher, false)]
    [InlineData(4, Better.Lower, false)]
    [InlineData(5, Better.Higher, true)]
    [InlineData(7, Better.Lower, true)]
    [InlineData(10, Better.Lower, true)]
    [InlineData(11, Better.Higher, true)]
    [InlineData(12, Better.Lower, true)]
    [InlineData(12, Better.Lower, false)]
    public void AResumedRunIsTheUninterruptedOne(long savedAt, Better better, bool restoresBest)
    {
        var reports = new List<TrainingReport>();
        byte[] bestAtSaving = [];
        using var wholeWeights = new TinyWeights();
        using var whole = new TinyTrainer(wholeWeights, Optimizer);
        (StopReason Reason, Validation Validation) expected = Run(whole, better, restoresBest, report =>
        {
            reports.Add(report);
            if (report.Step != savedAt) return;
            whole.SaveCheckpoint(Saved);
            if (File.Exists(BestFile)) bestAtSaving = File.ReadAllBytes(BestFile);
        });
        Assert.Equal(StopReason.NoImprovement, expected.Reason);
        Assert.Equal((2, 4), (Math.Abs(expected.Validation.Best), expected.Validation.BestStep));
        byte[] best = File.ReadAllBytes(BestFile);
        File.Delete(BestFile);
        if (bestAtSaving.Length > 0) File.WriteAllBytes(BestFile, bestAtSaving);

        var resumedReports = new List<TrainingReport>();
        using var resumedWeights = new TinyWeights(seed: 2);
        using var resumed = new TinyTrainer(resumedWeights, Optimizer);
        resumed.LoadCheckpoint(Saved);
        (StopReason Reason, Validation Validation) found = Run(resumed, better, restoresBest, resumedReports.Add);

        Assert.Equal(expected.Reason, found.Reason);
        Assert.Equal((expected.Validation.Best, expected.Validation.BestStep), (found.Validation.Best, found.Validation.BestStep));
        Assert.Equal(reports.Where(report => report.Step > savedAt).Select(Repeatable), resumedReports.Select(Repeatable));
        Assert.Equal(best, File.ReadAllBytes(BestFile));
        Assert.Equal(restoresBest ? 4 : 12, resumed.StepCount);
        Assert.Equal(whole.ValidationProgress, resumed.ValidationProgress);
        Assert.Equal(TinyModel.Export(wholeWeights, "head.weight"), TinyModel.Export(resumedWeights, "head.weight"));
    }

    [Fact]
    public void ABestCheckpointKnowsThatItIsTheBest()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        Run(trainer, Better.Lower, restoresBest: false, _ => { });
        Assert.Equal(new ValidationProgress(2, 4, Failures: 4, Better.Lower), trainer.ValidationProgress);
        trainer.LoadCheckpoint(BestFile);
        Assert.Equal(new ValidationProgress(2, 4, Failures: 0, Better.Lower), trainer.ValidationProgress);
    }

    [Fact]
    public void AnOldCheckpointBeginsAnewToLookForTheBest()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        new TrainingLoop(trainer, Examples()).Run(steps: 5);
        trainer.SaveCheckpoint(Saved);
        using (SafetensorsFile file = SafetensorsFile.Open(Saved)) Assert.DoesNotContain("training.validation", file.Metadata.Keys);

        trainer.ValidationProgress = new ValidationProgress(-1, 3, Failures: 9, Better.Higher);
        trainer.LoadCheckpoint(Saved);
        Assert.Null(trainer.ValidationProgress);
        (StopReason reason, Validation validation) = Run(trainer, Better.Lower, restoresBest: false, _ => { });
        Assert.Equal(StopReason.NoImprovement, reason);
        Assert.Equal((0, 14), (validation.Best, validation.BestStep));
    }

    [Theory]
    [InlineData("Lower 1 2")]
    [InlineData("Lower 1 2 -3")]
    [InlineData("Lower one 2 3")]
    [InlineData("Lower 1 2.5 3")]
    [InlineData("7 1 2 3")]
    public void AStateThatIsNoneIsRefused(string state)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        trainer.SaveCheckpoint(Saved);
        string changed = _folder.File("changed.safetensors");
        using (SafetensorsFile file = SafetensorsFile.Open(Saved))
        {
            SafetensorsWriter.Write(
                changed,
                file.Tensors.Select(tensor => SafetensorsEntry.Float32(
                    tensor.Name, tensor.Shape, (first, destination) => file.ReadFloat32(tensor.Name, first, destination))),
                new Dictionary<string, string>(file.Metadata) { ["training.validation"] = state });
        }

        Assert.Contains($"'{state}'", Assert.Throws<CheckpointException>(() => trainer.LoadCheckpoint(changed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MeasurementsThatWereComparedOtherwiseAreNoMeasureOfThisRun()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer) { ValidationProgress = new ValidationProgress(2, 4, Failures: 1, Better.Lower) };
        var error = Assert.Throws<ArgumentException>(() => Run(trainer, Better.Higher, restoresBest: false, _ => { }));
        Assert.Contains("2 at step 4", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(ITrainer.ValidationProgress), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.StepCount);
    }

    [Fact]
    public void ABestCheckpointThatIsMissingIsMissedBeforeTheRun()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer) { ValidationProgress = new ValidationProgress(2, 4, Failures: 1, Better.Lower) };
        var error = Assert.Throws<FileNotFoundException>(() => Run(trainer, Better.Lower, restoresBest: true, _ => { }));
        Assert.Contains(BestFile, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.StepCount);
    }

    private (StopReason Reason, Validation Validation) Run(TinyTrainer trainer, Better better, bool restoresBest, Action<TrainingReport> report)
    {
        int sign = better == Better.Lower ? 1 : -1;
        var validation = new Validation(() => sign * Measurements[Math.Min(trainer.StepCount / 2, Measurements.Length) - 1])
        {
            Every = 2,
            Patience = 4,
            MinDelta = 0.1,
            Better = better,
            BestCheckpoint = BestFile,
            RestoresBest = restoresBest,
        };
        StopReason reason = new TrainingLoop(trainer, Examples()).Run(new TrainingRun { Steps = 100, Validation = validation, Report = report });
        return (reason, validation);
    }

    private static TrainingReport Repeatable(TrainingReport report) => report with { TokensPerSecond = 0 };

    private static ExampleBatches<int> Examples() => new([.. Enumerable.Range(0, 7)], TinyModel.BatchSize, seed: 3, (batch, row, example, _) =>
    {
        batch.SetTokens(row, [example % TinyModel.Vocabulary]);
        batch.SetTargets(row, [(example + 1) % TinyModel.Vocabulary]);
    });
}
