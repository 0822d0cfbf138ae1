using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Trainers on the device do what those on the CPU do, which are held to references elsewhere: sizes nobody tried, dropout, every optimizer.</summary>
public sealed class DeviceTrainingTests
{
    private static readonly TrainerOptions s_options = new() { Seed = 7, Rank = 3 };

    private static readonly IReadOnlyDictionary<string, TrainedModel> s_models = new Dictionary<string, TrainedModel>(
    [
        .. OddModels.All.Select(model => KeyValuePair.Create(
            "decoder " + model.Key, new TrainedModel(model.Value.Type, model.Value.Model.Initialize, (w, o, p) => model.Value.Model.Trainer(w, o, p)))),
        .. OddEncoders.All.Where(model => model.Value.Trainer is not null).Select(model => KeyValuePair.Create(
            "encoder " + model.Key, new TrainedModel(model.Value.Type, model.Value.Initialize, model.Value.Trainer!))),
        .. OddPairs.All.Select(model => KeyValuePair.Create("pair " + model.Key, new TrainedModel(model.Value.Type, model.Value.Initialize, model.Value.Trainer))),
    ]);

    private static readonly Dictionary<string, Optimizer> s_optimizers = new()
    {
        ["AdamW"] = new AdamW { LearningRate = 1e-3, WeightDecay = 0.1, NoDecay = ParameterKinds.Bias | ParameterKinds.Norm, ClipNorm = 0.5 },
        ["Adam"] = new Adam { LearningRate = 1e-3, WeightDecay = 0.1, NoDecay = ParameterKinds.Embedding, ClipValue = 1e-2 },
        ["SGD"] = new Sgd { LearningRate = 0.1, WeightDecay = 0.01 },
        ["SGD, momentum"] = new Sgd { LearningRate = 0.1, Momentum = 0.9, Dampening = 0.3 },
        ["SGD, Nesterov"] = new Sgd { LearningRate = 0.1, Momentum = 0.9, MomentumForm = MomentumForm.Nesterov, ClipNorm = 1e-3 },
        ["RMSProp"] = new RmsProp { LearningRate = 1e-4, WeightDecay = 0.1, NoDecay = ParameterKinds.Projection },
        ["RMSProp, momentum"] = new RmsProp { LearningRate = 1e-4, Momentum = 0.8 },
        ["RMSProp, centred"] = new RmsProp { LearningRate = 1e-4, Centered = true, ClipValue = 1e-3 },
        ["RMSProp, centred, momentum"] = new RmsProp { LearningRate = new WarmupCosine(1e-4, 1e-5, 2, 9), Centered = true, Momentum = 0.8 },
    };

    public static TheoryData<string> Models => [.. s_models.Keys];

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void LossesGradientsAndParametersAreTheCpusOwn(string name)
    {
        TrainedModel model = s_models[name];
        using ModelWeights hostWeights = OddWeights.Perturbed(model.Initialize), weights = OddWeights.Perturbed(model.Initialize);
        using ModelTrainer host = model.Trainer(hostWeights, new AdamW { ClipNorm = 1 }, s_options), device = model.OnDevice(weights, new AdamW { ClipNorm = 1 }, s_options);
        var inputs = new OddBatches(model.Type);

        // Two micro-batches, an update, and another one: gradients are written, added to, and written again.
        for (int batch = 0; batch < 3; batch++)
        {
            inputs.Fill(host.Batch, batch);
            inputs.Fill(device.Batch, batch);
            Agreement.Values("loss without dropout", [host.Evaluate()], [device.Evaluate()]);
            Agreement.Values("loss", [host.Forward()], [device.Forward()]);
            host.Backward();
            device.Backward();
            AssertGradients(hostWeights, host, device);
            if (batch == 0) continue;
            host.Update();
            device.Update();
            Assert.Equal(host.LastGradientNorm, device.LastGradientNorm, 1e-4 * host.LastGradientNorm);
            foreach (string tensor in weights.Names.Where(tensor => IsTrained(weights, tensor)))
                Agreement.AfterAdam(tensor, OddWeights.Export(hostWeights, tensor), Gradient(host, hostWeights, tensor), OddWeights.Export(weights, tensor));
        }

        foreach (string tensor in weights.Names.Where(tensor => !IsTrained(weights, tensor)))
            Assert.Equal(OddWeights.Export(hostWeights, tensor), OddWeights.Export(weights, tensor));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void EveryOptimizerStepsAsOnTheCpu(string name)
    {
        TrainedModel model = s_models["decoder NineHeadsOverThree"];
        using ModelWeights hostWeights = OddWeights.Perturbed(model.Initialize), weights = OddWeights.Perturbed(model.Initialize);
        // Where a gradient is next to nothing, rules that divide by its size turn rounding into whole steps: such elements are left out.
        Dictionary<string, float[]> least = weights.Names.ToDictionary(tensor => tensor, tensor => OddWeights.Export(weights, tensor));
        foreach (float[] gradient in least.Values) Array.Fill(gradient, float.PositiveInfinity);
        using (ModelTrainer host = model.Trainer(hostWeights, s_optimizers[name], s_options), device = model.OnDevice(weights, s_optimizers[name], s_options))
        {
            var inputs = new OddBatches(model.Type);
            for (int step = 0; step < 3; step++)
            {
                inputs.Fill(host.Batch, step);
                inputs.Fill(device.Batch, step);
                Agreement.Values("loss", [host.Step()], [device.Step()]);
                foreach ((string tensor, float[] smallest) in least)
                {
                    float[] gradient = Gradient(host, hostWeights, tensor);
                    for (int i = 0; i < gradient.Length; i++) smallest[i] = Math.Min(smallest[i], Math.Abs(gradient[i]));
                }
            }
        }

        foreach (string tensor in weights.Names)
            Agreement.AfterAdam(tensor, OddWeights.Export(hostWeights, tensor), least[tensor], OddWeights.Export(weights, tensor));
    }

    [Fact]
    public void AResumedRunEqualsTheUninterruptedOneBitByBit()
    {
        TrainedModel model = s_models["decoder Dropping"];
        string path = Path.Combine(Path.GetTempPath(), $"resume-{Guid.NewGuid():N}.safetensors");
        try
        {
            float[] uninterrupted = Run(0, 4, null), interrupted = Run(0, 2, path);
            Assert.NotEqual(uninterrupted, interrupted);
            Assert.Equal(uninterrupted, Run(2, 4, path));

            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            using ModelTrainer host = model.Trainer(weights, new AdamW(), s_options);
            host.LoadCheckpoint(path);
            Assert.Equal(2, host.StepCount);
            Assert.Equal(interrupted, OddWeights.ExportAll(weights));
        }
        finally
        {
            File.Delete(path);
        }

        // Between two micro-batches of the last update, so that gradients are part of the checkpoint.
        float[] Run(int first, int last, string? checkpoint)
        {
            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            using ModelTrainer trainer = model.OnDevice(weights, new AdamW { ClipNorm = 1 }, s_options);
            var inputs = new OddBatches(model.Type);
            if (first > 0) trainer.LoadCheckpoint(checkpoint!);
            for (int step = first; step < last; step++)
            {
                inputs.Fill(trainer.Batch, step);
                trainer.Forward();
                trainer.Backward();
                if (step % 2 == 0)
                {
                    inputs.Fill(trainer.Batch, step + 100);
                    trainer.Forward();
                    trainer.Backward();
                }

                trainer.Update();
            }

            if (first == 0 && checkpoint is not null) trainer.SaveCheckpoint(checkpoint);
            return OddWeights.ExportAll(weights);
        }
    }

    private static void AssertGradients(ModelWeights weights, ModelTrainer host, ModelTrainer device)
    {
        foreach (string tensor in weights.Names.Where(tensor => IsTrained(weights, tensor)))
            Agreement.Gradient(tensor, Gradient(host, weights, tensor), Gradient(device, weights, tensor));
    }

    private static bool IsTrained(ModelWeights weights, string tensor) => weights.Layout.IsTrained(weights.Layout.Tensor(tensor));

    private static float[] Gradient(ModelTrainer trainer, ModelWeights weights, string tensor)
    {
        var gradient = new float[weights.Layout.Tensor(tensor).Count];
        trainer.ExportGradient(tensor, gradient);
        return gradient;
    }

    private sealed record TrainedModel(Type Type, Func<ulong, ModelWeights> Initialize, Func<ModelWeights, Optimizer, TrainerOptions?, ModelTrainer> Trainer)
    {
        public ModelTrainer OnDevice(ModelWeights weights, Optimizer optimizer, TrainerOptions? options) => DeviceModels.Trainer(Type, weights, optimizer, options);
    }
}
