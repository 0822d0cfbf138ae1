using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class TrainingDataTests
{
    [Fact]
    public void Random_windows_depend_on_seed_and_number_alone()
    {
        var windows = new RandomWindows(Numbered(1000), 7, seed: 5);
        int[] later = Inputs(windows, 123_456_789_012);
        Inputs(windows, 3);

        Assert.Equal(later, Inputs(new RandomWindows(Numbered(1000), 7, seed: 5), 123_456_789_012));
        Assert.NotEqual(later, Inputs(windows, 123_456_789_013));
        Assert.NotEqual(later, Inputs(new RandomWindows(Numbered(1000), 7, seed: 6), 123_456_789_012));
    }

    [Fact]
    public void Random_windows_are_pieces_of_the_text()
    {
        var windows = new RandomWindows(Numbered(50), 7, seed: 1);
        var inputs = new int[21];
        var targets = new int[21];
        for (int batch = 0; batch < 100; batch++)
        {
            windows.Fill(batch, inputs, targets);
            for (int index = 0; index < inputs.Length; index++)
            {
                Assert.Equal(inputs[index] + 1, targets[index]);
                if (index % 7 != 0) Assert.Equal(inputs[index - 1] + 1, inputs[index]);
            }
        }
    }

    [Fact]
    public void Random_windows_start_everywhere_about_equally_often()
    {
        const int Starts = 10;
        const int Rows = 10_000;
        var windows = new RandomWindows(Numbered(Starts + 4), 4, seed: 9);
        int[] inputs = new int[Rows * 4];
        windows.Fill(0, inputs, new int[Rows * 4]);
        var counts = new int[Starts];
        for (int row = 0; row < Rows; row++) counts[inputs[row * 4]]++;

        double chiSquare = counts.Sum(count => Math.Pow(count - Rows / Starts, 2) / (Rows / Starts));
        Assert.True(chiSquare < 27.9, $"χ² = {chiSquare}, 99.9 % of uniform draws stay below 27.9");
    }

    [Fact]
    public void The_shortest_text_has_one_window()
    {
        var inputs = new int[6];
        var targets = new int[6];
        new RandomWindows(Numbered(4), 3, seed: 2).Fill(0, inputs, targets);
        Assert.Equal([0, 1, 2, 0, 1, 2], inputs);
        Assert.Equal([1, 2, 3, 1, 2, 3], targets);
        Assert.Throws<ArgumentException>(() => new RandomWindows(Numbered(3), 3, seed: 2));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(25)]
    [InlineData(100)]
    public void Validation_windows_hold_every_target_once(int tokens)
    {
        var windows = new ValidationWindows(Numbered(tokens), batchSize: 4, sequenceLength: 3);
        var seen = new List<int>();
        int counted = 0;
        for (int batch = 0; batch < windows.Batches; batch++)
        {
            var inputs = new int[12];
            var targets = new int[12];
            counted += windows.Fill(batch, inputs, targets);
            for (int index = 0; index < targets.Length; index++)
            {
                if (targets[index] == Labels.Ignored)
                {
                    Assert.Equal(0, inputs[index]);
                    continue;
                }

                Assert.Equal(inputs[index] + 1, targets[index]);
                seen.Add(targets[index]);
            }
        }

        Assert.Equal(Enumerable.Range(1, tokens - 1), seen);
        Assert.Equal(tokens - 1, counted);
        Assert.Equal(tokens - 1, windows.TargetCount);
    }

    [Fact]
    public void Validation_loss_weights_each_target_alike()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, new AdamW());
        int[] text = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3];
        double expected = 0;
        for (int index = 1; index < text.Length; index++) expected += LossOf(trainer, text[index - 1], text[index]);
        expected /= text.Length - 1;

        var windows = new ValidationWindows(new TokenDataset(text), TinyModel.BatchSize, TinyModel.SequenceLength);
        Assert.Equal(expected, windows.Evaluate(trainer), 1e-6);
        Assert.Throws<ArgumentException>(() => new ValidationWindows(new TokenDataset(text), 1, 3).Evaluate(trainer));
        Assert.Throws<OperationCanceledException>(() => windows.Evaluate(trainer, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_text_is_split_in_order()
    {
        (TokenDataset training, TokenDataset validation) = Numbered(1_115_394).Split(0.9);
        Assert.Equal(1_003_854, training.Count);
        Assert.Equal(111_540, validation.Count);
        Assert.Equal(1_003_854, validation.Tokens.Span[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => training.Split(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => training.Split(1.1));
    }

    [Fact]
    public void Labels_move_left_in_each_row()
    {
        int[] labels = [1, -100, 3, 4, 5, 6];
        int[] expected = [-100, 3, -100, 5, 6, -100];
        var targets = new int[6];
        Labels.Shift(labels, 3, targets);
        Assert.Equal(expected, targets);
        Labels.Shift(labels, 3, labels);
        Assert.Equal(expected, labels);
        Assert.Throws<ArgumentException>(() => Labels.Shift(new int[5], 3, new int[5]));
        Assert.Throws<ArgumentException>(() => Labels.Shift(new int[6], 3, new int[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Labels.Shift(new int[6], 0, new int[6]));
    }

    private static TokenDataset Numbered(int count) => new(Enumerable.Range(0, count).ToArray());

    private static int[] Inputs(RandomWindows windows, long batch)
    {
        var inputs = new int[14];
        windows.Fill(batch, inputs, new int[14]);
        return inputs;
    }

    private static float LossOf(TinyTrainer trainer, int input, int target)
    {
        var inputs = new int[TinyModel.Rows];
        var targets = new int[TinyModel.Rows];
        targets.AsSpan().Fill(Labels.Ignored);
        inputs[^1] = input;
        targets[^1] = target;
        return trainer.Evaluate(inputs, targets);
    }
}
