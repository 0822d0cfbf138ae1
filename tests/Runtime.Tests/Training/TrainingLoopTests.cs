using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class TrainingLoopTests
{
    private static readonly AdamW Optimizer = new() { LearningRate = new WarmupCosine(0.05, 0.01, 2, 8) };

    [Fact]
    public void Reports_tell_each_update()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        var reports = new List<TrainingReport>();
        new TrainingLoop(trainer, new NumberedBatches()) { MicroBatches = 3 }.Run(4, reports.Add);

        Assert.Equal([1L, 2L, 3L, 4L], reports.Select(report => report.Step));
        Assert.Equal([0L, 1L, 2L, 3L], reports.Select(report => (long)Array.IndexOf(Rates(4), report.LearningRate)));
        Assert.All(reports, report => Assert.True(report.TokensPerSecond > 0 && report.GradientNorm > 0 && report.Loss > 0));
        Assert.Equal(trainer.LastGradientNorm, reports[^1].GradientNorm);
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        Assert.Throws<ArgumentOutOfRangeException>("MicroBatches", () => new TrainingLoop(trainer, new NumberedBatches()) { MicroBatches = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Rank", () => new TrainerOptions { Rank = 65_536 });
        Assert.Throws<ArgumentOutOfRangeException>("Every", () => new Validation(() => 0) { Every = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Patience", () => new Validation(() => 0) { Patience = 0 });
    }

    [Fact]
    public void A_second_run_goes_on_where_the_first_stopped()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        using var wholeWeights = new TinyWeights();
        using var whole = new TinyTrainer(wholeWeights, Optimizer);
        new TrainingLoop(whole, new NumberedBatches()).Run(6);

        using var source = new CancellationTokenSource();
        var loop = new TrainingLoop(trainer, new NumberedBatches());
        Assert.Throws<OperationCanceledException>(() => loop.Run(6, report => CancelAt(report, 3, source), source.Token));
        Assert.Equal(3, trainer.StepCount);
        loop.Run(6);
        loop.Run(6);

        Assert.Equal(6, trainer.StepCount);
        Assert.Equal(TinyModel.Export(wholeWeights, "head.weight"), TinyModel.Export(weights, "head.weight"));
    }

    [Fact]
    public void A_text_is_learnt_to_its_own_entropy()
    {
        // Each token but 10 has one successor; after 10 comes 0 or 5, in turn: ln 2 nats at two places in seventeen.
        int[] text = [.. Enumerable.Range(0, 200).SelectMany(period => Enumerable.Range(period % 2 * 5, 11 - period % 2 * 5))];
        (TokenDataset training, TokenDataset validation) = new TokenDataset(text).Split(0.8);
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, new AdamW { LearningRate = new WarmupCosine(0.03, 0.001, 10, 1500), WeightDecay = 0 }) { HasDropout = false };
        var windows = new ValidationWindows(validation, TinyModel.BatchSize, TinyModel.SequenceLength);

        new TrainingLoop(trainer, new RandomWindows(training, TinyModel.SequenceLength, seed: 11)).Run(1500);
        double entropy = 2 * Math.Log(2) / 17;
        Assert.InRange(windows.Evaluate(trainer), entropy - 0.005, entropy + 0.02);
    }

    private static void CancelAt(TrainingReport report, long step, CancellationTokenSource source)
    {
        if (report.Step == step) source.Cancel();
    }

    private static double[] Rates(int steps) => [.. Enumerable.Range(0, steps).Select(step => Optimizer.LearningRate.At(step))];

    private sealed class NumberedBatches : ITrainingData
    {
        public void Fill(long batch, Span<int> inputs, Span<int> targets)
        {
            (int[] batchInputs, int[] batchTargets) = TinyModel.Batch((int)batch);
            batchInputs.CopyTo(inputs);
            batchTargets.CopyTo(targets);
        }
    }
}
