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

    public static TheoryData<LearningRateSchedule, long, double> Landmarks => new()
    {
        { LearningRateSchedule.Linear(1, 0.2, 8), 0, 1 },
        { LearningRateSchedule.Linear(1, 0.2, 8), 2, 0.8 },
        { LearningRateSchedule.Linear(1, 0.2, 8), 8, 0.2 },
        { LearningRateSchedule.Linear(1, 0.2, 8), long.MaxValue, 0.2 },
        { LearningRateSchedule.Stairs(0.8, 0.5, 10), 9, 0.8 },
        { LearningRateSchedule.Stairs(0.8, 0.5, 10), 10, 0.4 },
        { LearningRateSchedule.Stairs(0.8, 0.5, 10), 39, 0.1 },
        { LearningRateSchedule.Exponential(2, 0.5), 3, 0.25 },
        { LearningRateSchedule.Cosine(1, 0, 100), 0, 1 },
        { LearningRateSchedule.Cosine(1, 0, 100), 50, 0.5 },
        { LearningRateSchedule.Cosine(1, 0, 100), 100, 0 },
        { LearningRateSchedule.InverseSquareRoot(0.3, 100), 0, 0.003 },
        { LearningRateSchedule.InverseSquareRoot(0.3, 100), 99, 0.3 },
        { LearningRateSchedule.InverseSquareRoot(0.3, 100), 399, 0.15 },
        { LearningRateSchedule.Noam(512, 4000), 0, Math.Pow(512, -0.5) * Math.Pow(4000, -1.5) },
        { LearningRateSchedule.Noam(512, 4000), 3999, Math.Pow(512, -0.5) * Math.Pow(4000, -0.5) },
        { LearningRateSchedule.Noam(512, 4000, 2), 99_999, 2 * Math.Pow(512, -0.5) * Math.Pow(100_000, -0.5) },
        { Composed, 0, 0 },
        { Composed, 5, 0.5 },
        { Composed, 10, 1 },
        { Composed, 12, 0.25 },
        { Composed, 20, 0.125 },
        { LearningRateSchedule.Product(0.5, LearningRateSchedule.Linear(0, 1, 4), LearningRateSchedule.Exponential(1, 0.5)), 2, 0.0625 },
    };

    private static LearningRateSchedule Composed =>
        LearningRateSchedule.Sequence([LearningRateSchedule.Linear(0, 1, 10), LearningRateSchedule.Exponential(1, 0.5), 0.125], [10, 20]);

    [Theory]
    [MemberData(nameof(Landmarks), DisableDiscoveryEnumeration = true)]
    public void Schedules_pass_their_landmarks(LearningRateSchedule schedule, long step, double rate) => Assert.Equal(rate, schedule.At(step), 1e-12);

    [Fact]
    public void Warm_ups_lead_over_without_a_jump()
    {
        LearningRateSchedule[] schedules =
            [LearningRateSchedule.InverseSquareRoot(1, 1000), LearningRateSchedule.Linear(0, 1, 1000), new WarmupCosine(1, 0, 1000, 5000)];
        foreach (LearningRateSchedule schedule in schedules)
        {
            for (int step = 0; step < 6000; step++) Assert.InRange(Math.Abs(schedule.At(step + 1) - schedule.At(step)), 0, 1.0000001e-3);
        }
    }

    [Fact]
    public void Plateaus_reduce_the_rate_as_in_PyTorch()
    {
        var schedule = new ReduceOnPlateau(1) { Factor = 0.5, Patience = 1, Threshold = 0.1, Cooldown = 2, Floor = 0.3 };
        (double Loss, double Rate)[] observed =
        [
            (10, 1), (9.5, 1), (8.9, 1), // 9.5 is no improvement by a tenth, 8.9 is
            (8.5, 1), (double.NaN, 0.5), // two failures
            (8.5, 0.5), (8.5, 0.5), (8.5, 0.5), (8.5, 0.3), // two losses of cooldown, two failures, the floor
            (8.5, 0.3), (7, 0.3), (7, 0.3), (7, 0.3), (7, 0.3), (7, 0.3),
        ];
        foreach ((double loss, double rate) in observed)
        {
            schedule.Observe(loss);
            Assert.Equal(rate, schedule.At(0));
        }
    }

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
        Assert.Throws<ArgumentOutOfRangeException>("last", () => LearningRateSchedule.Linear(1, -1, 10));
        Assert.Throws<ArgumentOutOfRangeException>("every", () => LearningRateSchedule.Stairs(1, 0.5, 0));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => LearningRateSchedule.Exponential(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("warmupSteps", () => LearningRateSchedule.Noam(512, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Linear(1, 0, 10).At(-1));
        Assert.Throws<ArgumentException>(() => LearningRateSchedule.Sequence([1, 2], []));
        Assert.Throws<ArgumentException>(() => LearningRateSchedule.Sequence([1, 2, 3], [5, 5]));
        Assert.Throws<ArgumentException>(() => LearningRateSchedule.Product());
        Assert.Throws<ArgumentOutOfRangeException>("Factor", () => new ReduceOnPlateau(1) { Factor = 1 });
        Assert.Throws<ArgumentOutOfRangeException>("Patience", () => new ReduceOnPlateau(1) { Patience = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("Cooldown", () => new ReduceOnPlateau(1) { Cooldown = -1 });
    }
}
