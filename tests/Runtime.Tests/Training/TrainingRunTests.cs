using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

/// <summary>How runs of a training loop end, and what they keep.</summary>
public sealed class TrainingRunTests
{
    private static readonly AdamW Optimizer = new() { LearningRate = 0.05 };

    [Theory]
    [InlineData(1, 1.0, 4)]
    [InlineData(1, 2.5, 10)]
    [InlineData(3, 3.0, 4)]
    [InlineData(3, 1.0, 2)]
    public void EpochsEndARun(int microBatches, double epochs, long steps)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        var reports = new List<TrainingReport>();
        var loop = new TrainingLoop(trainer, Examples(7)) { MicroBatches = microBatches };
        Assert.Equal(StopReason.Epochs, loop.Run(new TrainingRun { Epochs = epochs, Steps = 100, Report = reports.Add }));
        Assert.Equal(steps, trainer.StepCount);
        Assert.Equal(steps * microBatches / 4.0, reports[^1].Epoch, 1e-12);
        Assert.Equal(1, reports[^1].Progress);
        Assert.Equal(StopReason.Epochs, loop.Run(new TrainingRun { Epochs = epochs }));
        Assert.Equal(steps, trainer.StepCount);
    }

    [Fact]
    public void ALossBelowTheTargetEndsARun()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer) { HasDropout = false };
        var reports = new List<TrainingReport>();
        StopReason reason = new TrainingLoop(trainer, Examples(3)).Run(new TrainingRun { Steps = 2000, TargetLoss = 1, Report = reports.Add });
        Assert.Equal(StopReason.TargetLoss, reason);
        Assert.All(reports[..^1], report => Assert.True(report.Loss >= 1));
        Assert.True(reports[^1].Loss < 1);
    }

    [Fact]
    public void PatienceEndsARunAndTheBestIsRestored()
    {
        using var folder = new TemporaryFolder();
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        var measured = new Queue<double>([3, 2, 1.95, double.NaN, 2.5, 0]);
        float[] best = [];
        var validation = new Validation(measured.Dequeue)
        {
            Every = 2,
            Patience = 3,
            MinDelta = 0.1,
            BestCheckpoint = folder.File("best.safetensors"),
            RestoresBest = true,
        };
        StopReason reason = new TrainingLoop(trainer, Examples(7)).Run(new TrainingRun { Steps = 100, Validation = validation, Report = Report });

        Assert.Equal(StopReason.NoImprovement, reason);
        Assert.Equal((2, 4), (validation.Best, validation.BestStep));
        Assert.Equal(4, trainer.StepCount);
        Assert.Equal(best, TinyModel.Export(weights, "head.weight"));
        Assert.Single(measured);

        void Report(TrainingReport report)
        {
            Assert.Equal(report.Step % 2 == 0, report.Validation is not null);
            Assert.Equal(report.Step is 2 or 4, report.IsBest);
            if (report.Step == 4) best = TinyModel.Export(weights, "head.weight");
        }
    }

    [Fact]
    public void HigherMayBeBetterAndEpochsAreValidatedAtTheirEnd()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        var steps = new List<long>();
        double[] accuracies = [0.5, 0.25, 0.75];
        var validation = new Validation(() => accuracies[steps.Count]) { Better = Better.Higher };
        StopReason reason = new TrainingLoop(trainer, Examples(7)).Run(new TrainingRun { Steps = 9, Validation = validation, Report = Report });
        Assert.Equal(StopReason.Steps, reason);
        Assert.Equal([4L, 8L, 9L], steps);
        Assert.Equal((0.75, 9), (validation.Best, validation.BestStep));

        void Report(TrainingReport report)
        {
            if (report.Validation is null) return;
            steps.Add(report.Step);
            Assert.Equal(Better.Higher, report.Better);
        }
    }

    [Fact]
    public void TheCallerEndsARunAndAPlateauSeesTheMeasurements()
    {
        using var weights = new TinyWeights();
        var plateau = new ReduceOnPlateau(0.1) { Patience = 1 };
        using var trainer = new TinyTrainer(weights, new AdamW { LearningRate = plateau });
        var run = new TrainingRun { StopWhen = report => report.LearningRate < 0.05, Validation = new Validation(() => 1) { Every = 1, Plateau = plateau } };
        Assert.Equal(StopReason.Caller, new TrainingLoop(trainer, Examples(7)).Run(run));
        Assert.Equal(4, trainer.StepCount);
    }

    [Fact]
    public void ARunNeedsAnEndAndEpochsNeedDataThatHaveThem()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        var loop = new TrainingLoop(trainer, new RandomWindows(new TokenDataset(new int[20]), TinyModel.SequenceLength, seed: 1));
        Assert.Throws<ArgumentException>(() => loop.Run(new TrainingRun()));
        Assert.Throws<ArgumentException>(() => loop.Run(new TrainingRun { Epochs = 1 }));
        Assert.Throws<ArgumentException>(() => loop.Run(new TrainingRun { Steps = 1, Validation = new Validation(() => 1) }));
    }

    [Fact]
    public void AResumedRunIsTheUninterruptedOne()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.safetensors");
        using var wholeWeights = new TinyWeights();
        using var whole = new TinyTrainer(wholeWeights, Optimizer);
        new TrainingLoop(whole, Examples(7)) { MicroBatches = 3 }.Run(new TrainingRun { Steps = 9 });
        using (var weights = new TinyWeights())
        using (var trainer = new TinyTrainer(weights, Optimizer))
        {
            new TrainingLoop(trainer, Examples(7)) { MicroBatches = 3 }.Run(new TrainingRun { Steps = 4 });
            trainer.SaveCheckpoint(path);
        }

        using var resumedWeights = new TinyWeights(seed: 2);
        using var resumed = new TinyTrainer(resumedWeights, Optimizer);
        resumed.LoadCheckpoint(path);
        new TrainingLoop(resumed, Examples(7)) { MicroBatches = 3 }.Run(new TrainingRun { Steps = 9 });
        Assert.Equal(TinyModel.Export(wholeWeights, "head.weight"), TinyModel.Export(resumedWeights, "head.weight"));
    }

    [Fact]
    public void TheValidationLossWeightsTargetsAlike()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        double total = 0;
        for (int example = 0; example < 3; example++)
        {
            for (int row = 0; row < TinyModel.BatchSize; row++) trainer.Batch.IgnoreRow(row);
            Write(trainer.Batch, 0, example, 0);
            total += trainer.Evaluate() * (example % 3 + 1);
        }

        var data = new ExampleBatches<int>([0, 1, 2], TinyModel.BatchSize, Write);
        Assert.Equal(total / 6, ValidationLoss.Of(trainer, data), 1e-6);
        Assert.Throws<OperationCanceledException>(() => ValidationLoss.Of(trainer, data, new CancellationToken(canceled: true)));
    }

    private static ExampleBatches<int> Examples(int count) => new([.. Enumerable.Range(0, count)], TinyModel.BatchSize, seed: 3, Write);

    /// <summary>Sequences of one to three tokens, each followed by the next number.</summary>
    private static void Write(TrainingBatch batch, int row, int example, long place)
    {
        int[] tokens = [.. Enumerable.Range(0, example % 3 + 1).Select(offset => (example + offset) % TinyModel.Vocabulary)];
        batch.SetTokens(row, tokens);
        batch.SetTargets(row, [.. tokens.Select(token => (token + 1) % TinyModel.Vocabulary)]);
    }
}
