using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class TrainingCheckpointTests : IDisposable
{
    private static readonly AdamW Optimizer = new() { LearningRate = new WarmupCosine(0.05, 0.01, 3, 12), ClipNorm = 0.5, WeightDecay = 0.1 };

    private readonly string _folder = Directory.CreateTempSubdirectory("training-checkpoint").FullName;

    private string File => Path.Combine(_folder, "run.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<Optimizer, int> Resumptions => new()
    {
        { Optimizer, 10 },
        { Optimizer, 11 },
        { new Adam { LearningRate = 0.01, WeightDecay = 0.1 }, 11 },
        { new Sgd { LearningRate = 0.1 }, 10 },
        { new Sgd { LearningRate = 0.1, Momentum = 0.9, Dampening = 0.1, ClipValue = 0.1 }, 11 },
        { new RmsProp { LearningRate = 0.01 }, 10 },
        { new RmsProp { LearningRate = 0.01, Centered = true, Momentum = 0.9 }, 11 },
    };

    [Theory]
    [MemberData(nameof(Resumptions), DisableDiscoveryEnumeration = true)]
    public void A_resumed_run_equals_the_uninterrupted_one_bit_by_bit(Optimizer optimizer, int microBatchesBefore)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, optimizer, new TrainerOptions { Seed = 77 });
        Run(trainer, 0, microBatchesBefore);
        trainer.DataPosition = -5;
        trainer.SaveCheckpoint(File);
        float[] losses = Run(trainer, microBatchesBefore, 24);

        using var otherWeights = new TinyWeights(seed: 2);
        using var resumed = new TinyTrainer(otherWeights, optimizer, new TrainerOptions { Seed = 78 });
        Run(resumed, 0, 7);
        resumed.LoadCheckpoint(File);
        Assert.Equal(microBatchesBefore / 2, resumed.StepCount);
        Assert.Equal(-5, resumed.DataPosition);
        Assert.Equal(losses, Run(resumed, microBatchesBefore, 24));
        Assert.Equal(Bits(trainer, weights), Bits(resumed, otherWeights));
    }

    [Fact]
    public void A_pending_forward_is_not_part_of_a_checkpoint()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        (int[] inputs, int[] targets) = TinyModel.Batch(0);
        trainer.Forward(inputs, targets);
        trainer.SaveCheckpoint(File);
        trainer.LoadCheckpoint(File);
        Assert.Throws<InvalidOperationException>(trainer.Backward);
    }

    [Fact]
    public void A_plateau_schedule_goes_on_where_it_stopped()
    {
        using var weights = new TinyWeights();
        var plateau = new ReduceOnPlateau(0.1) { Patience = 1, Cooldown = 1 };
        using var trainer = new TinyTrainer(weights, new Sgd { LearningRate = LearningRateSchedule.Product(1, plateau) });
        double[] validation = [5, 0.1 + 0.2, 5, 5, 5, 5, 5];
        for (int step = 0; step < 3; step++) RunAndObserve(trainer, plateau, step, validation);
        trainer.SaveCheckpoint(File);
        for (int step = 3; step < 7; step++) RunAndObserve(trainer, plateau, step, validation);

        using var otherWeights = new TinyWeights(seed: 2);
        var otherPlateau = new ReduceOnPlateau(0.7) { Patience = 1, Cooldown = 1 };
        using var resumed = new TinyTrainer(otherWeights, new Sgd { LearningRate = LearningRateSchedule.Product(1, otherPlateau) });
        resumed.LoadCheckpoint(File);
        Assert.Equal(0.1, resumed.LearningRate);
        for (int step = 3; step < 7; step++) RunAndObserve(resumed, otherPlateau, step, validation);
        Assert.True(resumed.LearningRate < 0.05);
        Assert.Equal(trainer.LearningRate, resumed.LearningRate);
        Assert.Equal(Bits(trainer, weights), Bits(resumed, otherWeights));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0.1 nonsense 1 2")]
    [InlineData("-0.1 1 1 2")]
    public void A_plateau_schedule_demands_its_state(string? state)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, new Sgd { LearningRate = new ReduceOnPlateau(0.1) });
        Run(trainer, 0, 2);
        trainer.SaveCheckpoint(File);
        string changed = Rewrite((_, metadata) =>
        {
            metadata.Remove("training.plateau.0");
            if (state is not null) metadata["training.plateau.0"] = state;
        });
        Assert.Contains("training.plateau.0", Assert.Throws<CheckpointException>(() => trainer.LoadCheckpoint(changed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void State_of_other_settings_does_not_fit()
    {
        using var weights = new TinyWeights();
        using (var trainer = new TinyTrainer(weights, new Sgd { Momentum = 0.9 }))
        {
            Run(trainer, 0, 2);
            trainer.SaveCheckpoint(File);
        }

        using var plain = new TinyTrainer(weights, new Sgd());
        Assert.Contains("training.momentum", Assert.Throws<CheckpointException>(() => plain.LoadCheckpoint(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_laid_out_like_the_models_checkpoint()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        Run(trainer, 0, 2);
        trainer.SaveCheckpoint(File);

        using SafetensorsFile file = SafetensorsFile.Open(File);
        Assert.Equal(5 + 2 * 4, file.Names.Count);
        Assert.Equal([TinyModel.Width, TinyModel.Vocabulary], file.Tensor("training.second_moment.head.weight").Shape.ToArray());
        Assert.DoesNotContain("training.first_moment.frozen.weight", file.Names);
        Assert.Equal("AdamW", file.Metadata["training.optimizer"]);
        Assert.Equal("1", file.Metadata["training.step"]);
        Assert.Contains("warm-up 3", file.Metadata["training.optimizer_settings"], StringComparison.Ordinal);
    }

    [Fact]
    public void Its_weights_load_as_weights()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        Run(trainer, 0, 3);
        trainer.SaveCheckpoint(File);

        using var loaded = new TinyWeights(seed: 3);
        loaded.LoadFrom(File);
        Assert.Equal(TinyModel.Export(weights, "head.weight"), TinyModel.Export(loaded, "head.weight"));
    }

    [Fact]
    public void Weights_alone_are_no_training_checkpoint()
    {
        using var weights = new TinyWeights();
        weights.Save(File);
        using var trainer = new TinyTrainer(weights, Optimizer);
        Assert.Contains("no training checkpoint", Assert.Throws<CheckpointException>(() => trainer.LoadCheckpoint(File)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => trainer.LoadCheckpoint(File + ".none"));
    }

    [Theory]
    [InlineData("training.version", "2", "'2'")]
    [InlineData("training.model", "Other", "'Other' in its metadata, and 'TinyModel' here")]
    [InlineData("training.optimizer", "SGD", "'SGD' in its metadata, and 'AdamW' here")]
    [InlineData("training.step", "-1", "'-1'")]
    [InlineData("training.step", "9223372036854775808", "no integer")]
    [InlineData("training.micro_batch", "one", "'one'")]
    [InlineData("training.seed", "1.5", "'1.5'")]
    [InlineData("training.data_position", null, "training.data_position")]
    public void Metadata_must_fit(string key, string? value, string message) => AssertRefused(message, (entries, metadata) =>
    {
        if (value is null) metadata.Remove(key);
        else metadata[key] = value;
    });

    [Fact]
    public void A_missing_tensor_is_named() =>
        AssertRefused("training.first_moment.head.bias", (entries, _) => entries.RemoveAll(entry => entry.Name == "training.first_moment.head.bias"));

    [Fact]
    public void A_tensor_too_many_is_named() =>
        AssertRefused("training.momentum.head.bias", (entries, _) => entries.Add(Zeros("training.momentum.head.bias", [11])));

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes() =>
        AssertRefused("[11, 5], but the model's is [5, 11]", (entries, _) => Replace(entries, Zeros("training.second_moment.head.weight", [11, 5])));

    [Fact]
    public void A_tensor_of_another_type_is_named() => AssertRefused("I64", (entries, _) =>
        Replace(entries, SafetensorsEntry.Int64("head.bias", [11], (_, destination) => destination.Clear())));

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        Run(trainer, 0, 3);
        trainer.SaveCheckpoint(File);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        Run(trainer, 3, 6);
        (int, long, string) before = Bits(trainer, weights);
        for (int length = 0; length < whole.Length; length += 37)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            var error = Assert.Throws<CheckpointException>(() => trainer.LoadCheckpoint(File));
            Assert.Contains(File, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Bits(trainer, weights));
    }

    /// <summary>Rewrites a good checkpoint, and expects the trainer to refuse it, to say why, and to stay as it was.</summary>
    private void AssertRefused(string message, Action<List<SafetensorsEntry>, Dictionary<string, string>> change)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, Optimizer);
        Run(trainer, 0, 2);
        trainer.SaveCheckpoint(File);
        string changed = Rewrite(change);
        Run(trainer, 2, 5);
        (int, long, string) before = Bits(trainer, weights);
        var error = Assert.Throws<CheckpointException>(() => trainer.LoadCheckpoint(changed));
        Assert.StartsWith(changed, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Bits(trainer, weights));
        trainer.LoadCheckpoint(File);
        Assert.Equal(1, trainer.StepCount);
    }

    /// <summary>Writes a changed copy of the checkpoint, and returns its path.</summary>
    private string Rewrite(Action<List<SafetensorsEntry>, Dictionary<string, string>> change)
    {
        string changed = Path.Combine(_folder, "changed.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(File);
        List<SafetensorsEntry> entries = [.. file.Tensors.Select(tensor => SafetensorsEntry.Float32(
            tensor.Name, tensor.Shape, (first, destination) => file.ReadFloat32(tensor.Name, first, destination)))];
        var metadata = new Dictionary<string, string>(file.Metadata);
        change(entries, metadata);
        SafetensorsWriter.Write(changed, entries, metadata);
        return changed;
    }

    private static void RunAndObserve(TinyTrainer trainer, ReduceOnPlateau plateau, int step, double[] validation)
    {
        Run(trainer, 2 * step, 2 * step + 2);
        plateau.Observe(validation[step]);
    }

    /// <summary>Micro-batches from … until, two to an update.</summary>
    private static float[] Run(TinyTrainer trainer, int from, int until)
    {
        var losses = new List<float>();
        for (int number = from; number < until; number++)
        {
            (int[] inputs, int[] targets) = TinyModel.Batch(number);
            losses.Add(trainer.Forward(inputs, targets));
            trainer.Backward();
            if (number % 2 == 1) trainer.Update();
        }

        return [.. losses];
    }

    /// <summary>All that a run depends on: weights, moments and gradients as they lie in memory, and the step.</summary>
    private static (int Hash, long Step, string Weights) Bits(TinyTrainer trainer, TinyWeights weights)
    {
        var hash = new HashCode();
        hash.AddBytes(trainer.StateBytes);
        string text = string.Join(' ', weights.Names.SelectMany(name => TinyModel.Export(weights, name)).Select(BitConverter.SingleToInt32Bits));
        return (hash.ToHashCode(), trainer.StepCount, text);
    }

    private static void Replace(List<SafetensorsEntry> entries, SafetensorsEntry entry)
    {
        Assert.Equal(1, entries.RemoveAll(other => other.Name == entry.Name));
        entries.Add(entry);
    }

    private static SafetensorsEntry Zeros(string name, long[] shape) =>
        SafetensorsEntry.Float32(name, shape, (_, destination) => destination.Clear());
}
