using Transformer.Compiled;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class TrainerTests
{
    private static readonly AdamW Fast = new() { LearningRate = 0.05, ClipNorm = 1 };

    [Fact]
    public void Steps_lower_the_loss()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        (int[] inputs, int[] targets) = TinyModel.Batch(0);
        float before = trainer.Evaluate(inputs, targets);
        for (int step = 0; step < 50; step++) trainer.Step(inputs, targets);

        Assert.True(trainer.Evaluate(inputs, targets) < 0.5f * before);
        Assert.Equal(50, trainer.StepCount);
        Assert.Equal(1, trainer.TablesFilled);
    }

    [Fact]
    public void Padding_and_frozen_parameters_stay()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        for (int step = 0; step < 5; step++) Step(trainer, step);

        Span<float> storage = weights.Values;
        for (int k = 0; k < TinyModel.Width; k++)
            Assert.True(storage.Slice(TinyModel.Head + k * 16 + TinyModel.Vocabulary, 16 - TinyModel.Vocabulary).IndexOfAnyExcept(0f) < 0);
        Assert.Equal([1f, 1f, 1f], TinyModel.Export(weights, "frozen.weight"));
    }

    [Fact]
    public void Accumulation_is_the_mean_of_the_micro_batches()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        float[] first = GradientOf(trainer, 0);
        float[] second = GradientOf(trainer, 1);
        trainer.Update();

        using var sameWeights = new TinyWeights();
        using var one = new TinyTrainer(sameWeights, Fast);
        float[] alone = GradientOf(one, 0);

        Assert.Equal(alone, first);
        float[] secondAlone = MicroBatchAlone(1);
        for (int index = 0; index < first.Length; index++)
            Assert.Equal((alone[index] + (double)secondAlone[index]) / 2, second[index], 1e-6);
    }

    [Fact]
    public void Two_equal_micro_batches_are_one_bit_by_bit()
    {
        using var weights = new TinyWeights();
        using var twiceWeights = new TinyWeights();
        using var once = new TinyTrainer(weights, Fast) { HasDropout = false };
        using var twice = new TinyTrainer(twiceWeights, Fast) { HasDropout = false };
        (int[] inputs, int[] targets) = TinyModel.Batch(3);
        targets.AsSpan(1).Fill(Labels.Ignored); // one row, so that no sum over rows is reordered

        once.Step(inputs, targets);
        twice.Forward(inputs, targets);
        twice.Backward();
        twice.Step(inputs, targets);

        Assert.Equal(once.LastGradientNorm, twice.LastGradientNorm);
        Assert.All(TinyModel.TrainedNames, name => Assert.Equal(TinyModel.Export(weights, name), TinyModel.Export(twiceWeights, name)));
    }

    [Fact]
    public void Gradient_after_an_update_is_the_one_it_used()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        GradientOf(trainer, 0);
        float[] mean = GradientOf(trainer, 1);
        trainer.Update();
        Assert.Equal(mean, TinyModel.ExportGradient(trainer, "head.bias"));
        double squares = TinyModel.TrainedNames.SelectMany(name => TinyModel.ExportGradient(trainer, name)).Sum(value => (double)value * value);
        Assert.Equal(Math.Sqrt(squares), trainer.LastGradientNorm, 1e-6);
    }

    [Fact]
    public void Calls_out_of_order_throw()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        (int[] inputs, int[] targets) = TinyModel.Batch(0);

        Assert.Throws<InvalidOperationException>(trainer.Backward);
        Assert.Throws<InvalidOperationException>(trainer.Update);
        Assert.Throws<InvalidOperationException>(() => TinyModel.ExportGradient(trainer, "head.bias"));
        trainer.Forward(inputs, targets);
        Assert.Throws<InvalidOperationException>(trainer.Update);
        trainer.Backward();
        Assert.Throws<InvalidOperationException>(trainer.Backward);
        trainer.Update();
        Assert.Throws<InvalidOperationException>(trainer.Update);
        Assert.Equal(1, trainer.StepCount);
    }

    [Fact]
    public void Evaluate_discards_a_pending_forward_and_nothing_else()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        using var undisturbedWeights = new TinyWeights();
        using var undisturbed = new TinyTrainer(undisturbedWeights, Fast);
        (int[] inputs, int[] targets) = TinyModel.Batch(5);

        trainer.Forward(inputs, targets);
        float evaluated = trainer.Evaluate(inputs, targets);
        Assert.Throws<InvalidOperationException>(trainer.Backward);
        Assert.Equal(GradientOf(undisturbed, 0), GradientOf(trainer, 0));
        Assert.Equal(evaluated, trainer.Evaluate(inputs, targets));
        Assert.Equal(GradientOf(undisturbed, 1), GradientOf(trainer, 1));
        trainer.Update();
        undisturbed.Update();
        Assert.Equal(TinyModel.Export(undisturbedWeights, "embedding.weight"), TinyModel.Export(weights, "embedding.weight"));
    }

    [Theory]
    [InlineData(TinyModel.Vocabulary, 0, "inputs[2] is 11; the range is 0 to 10.")]
    [InlineData(-1, 0, "inputs[2] is -1; the range is 0 to 10.")]
    [InlineData(-100, 0, "inputs[2] is -100; the range is 0 to 10.")]
    [InlineData(0, TinyModel.Vocabulary, "targets[2] is 11; the range is 0 to 10, or -100 (ignored).")]
    [InlineData(0, -1, "targets[2] is -1; the range is 0 to 10, or -100 (ignored).")]
    [InlineData(0, int.MinValue, "targets[2] is -2147483648; the range is 0 to 10, or -100 (ignored).")]
    public void Tokens_outside_the_vocabulary_change_nothing(int input, int target, string message)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        (int[] inputs, int[] targets) = TinyModel.Batch(0);
        trainer.Forward(inputs, targets);

        (int[] badInputs, int[] badTargets) = TinyModel.Batch(1);
        badInputs[2] = input;
        badTargets[2] = target;
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Forward(badInputs, badTargets));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Evaluate(badInputs, badTargets));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Step(badInputs, badTargets));

        trainer.Backward();
        using var sameWeights = new TinyWeights();
        using var undisturbed = new TinyTrainer(sameWeights, Fast);
        Assert.Equal(GradientOf(undisturbed, 0), TinyModel.ExportGradient(trainer, "head.bias"));
    }

    [Theory]
    [InlineData(5, 6, "inputs has 5 tokens; BatchSize 2 · SequenceLength 3 is 6.")]
    [InlineData(6, 7, "targets has 7 tokens; BatchSize 2 · SequenceLength 3 is 6.")]
    [InlineData(0, 6, "inputs has 0 tokens; BatchSize 2 · SequenceLength 3 is 6.")]
    public void Wrong_lengths_are_refused(int inputs, int targets, string message)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        var error = Assert.Throws<ArgumentException>(() => trainer.Step(new int[inputs], new int[targets]));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.StepCount);
    }

    [Fact]
    public void A_step_without_targets_only_decays()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, new AdamW { LearningRate = 0.1, WeightDecay = 0.5, NoDecay = ParameterKinds.Norm });
        float[] head = TinyModel.Export(weights, "head.weight");
        var ignored = new int[TinyModel.Rows];
        ignored.AsSpan().Fill(Labels.Ignored);

        Assert.Equal(0f, trainer.Step(new int[TinyModel.Rows], ignored));
        Assert.Equal(head.Select(value => value * 0.95f), TinyModel.Export(weights, "head.weight"));
        Assert.Equal([1f, 1f, 1f, 1f, 1f], TinyModel.Export(weights, "norm.weight"));
    }

    [Fact]
    public void Gradients_of_frozen_and_unknown_tensors_are_refused()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        Step(trainer, 0);
        Assert.Contains("frozen", Assert.Throws<ArgumentException>(() => trainer.ExportGradient("frozen.weight", new float[3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => trainer.ExportGradient("head.wait", new float[3]));
        Assert.Throws<ArgumentException>(() => trainer.ExportGradient("head.bias", new float[3]));
    }

    [Fact]
    public void Weights_have_one_trainer_at_a_time()
    {
        using var weights = new TinyWeights();
        var trainer = new TinyTrainer(weights, Fast);
        Assert.Throws<InvalidOperationException>(() => new TinyTrainer(weights, Fast));
        trainer.Dispose();
        trainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Step(trainer, 0));
        Assert.Throws<ObjectDisposedException>(trainer.Backward);
        using var next = new TinyTrainer(weights, Fast);
        Step(next, 0);
    }

    [Fact]
    public void Nothing_is_allocated_per_step()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, new AdamW { LearningRate = new WarmupCosine(1e-3, 1e-4, 10, 100), ClipNorm = 1 });
        (int[] inputs, int[] targets) = TinyModel.Batch(0);
        trainer.Step(inputs, targets);
        trainer.Evaluate(inputs, targets);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 20; step++)
        {
            trainer.Forward(inputs, targets);
            trainer.Backward();
            trainer.Step(inputs, targets);
            trainer.Evaluate(inputs, targets);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Step(TinyTrainer trainer, int number)
    {
        (int[] inputs, int[] targets) = TinyModel.Batch(number);
        trainer.Step(inputs, targets);
    }

    private static float[] GradientOf(TinyTrainer trainer, int number)
    {
        (int[] inputs, int[] targets) = TinyModel.Batch(number);
        trainer.Forward(inputs, targets);
        trainer.Backward();
        return TinyModel.ExportGradient(trainer, "head.bias");
    }

    /// <summary>The gradient of a batch as the second micro-batch of an update, whose first has no targets and thus no gradient.</summary>
    private static float[] MicroBatchAlone(int number)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Fast);
        var ignored = new int[TinyModel.Rows];
        ignored.AsSpan().Fill(Labels.Ignored);
        trainer.Forward(new int[TinyModel.Rows], ignored);
        trainer.Backward();
        return [.. GradientOf(trainer, number).Select(value => 2 * value)];
    }
}
