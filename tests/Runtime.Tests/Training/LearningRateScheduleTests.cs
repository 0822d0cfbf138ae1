using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, 1e-3 / 101)]
    [InlineData(49, 1e-3 * 50 / 101)]
    [InlineData(99, 1e-3 * 100 / 101)]
    [InlineData(100, 1e-3)]
    [InlineData(1050, 5.5e-4)]
    [InlineData(2000, 1e-4)]
    [InlineData(long.MaxValue, 1e-4)]
    public void Warm_up_and_cosine_pass_their_landmarks(long step, double rate) =>
        Assert.Equal(rate, new WarmupCosine(1e-3, 1e-4, 100, 2000).At(step), 1e-15);

    [Fact]
    public void Cosine_falls_at_every_step()
    {
        var schedule = new WarmupCosine(1e-3, 1e-4, 100, 2000);
        for (int step = 100; step < 2000; step++) Assert.True(schedule.At(step + 1) < schedule.At(step));
    }

    [Fact]
    public void Without_warm_up_the_peak_comes_first() => Assert.Equal(1, new WarmupCosine(1, 0, 0, 10).At(0));

    [Fact]
    public void Numbers_and_functions_are_schedules()
    {
        LearningRateSchedule constant = 0.25f;
        Assert.Equal(0.25, constant.At(0));
        Assert.Equal(0.25, constant.At(1_000_000));
        Assert.Equal(0.1, LearningRateSchedule.From(step => 1.0 / (step + 1)).At(9));
    }

    [Fact]
    public void Trainers_ask_for_the_rate_of_the_coming_update()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, new AdamW { LearningRate = LearningRateSchedule.From(step => 1e-3 * (step + 1)) });
        (int[] inputs, int[] targets) = TinyModel.Batch(0);
        Assert.Equal(1e-3, trainer.LearningRate);
        trainer.Step(inputs, targets);
        Assert.Equal(2e-3, trainer.LearningRate);
    }

    [Fact]
    public void Impossible_schedules_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmupCosine(1e-3, 2e-3, 10, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmupCosine(1e-3, 1e-4, 100, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmupCosine(double.NaN, 1e-4, 10, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmupCosine(1e-3, 1e-4, -1, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmupCosine(1e-3, 1e-4, 10, 100).At(-1));
        Assert.Throws<ArgumentNullException>(() => LearningRateSchedule.From(null!));
    }
}
