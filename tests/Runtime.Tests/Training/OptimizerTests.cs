using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class OptimizerTests
{
    public static TheoryData<Optimizer> Settings => new()
    {
        new AdamW(),
        new AdamW { LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.3 },
        new AdamW { LearningRate = 0.01, WeightDecay = 0.5, NoDecay = ParameterKinds.Norm | ParameterKinds.Bias | ParameterKinds.Embedding },
        new AdamW { LearningRate = new WarmupCosine(0.02, 0.001, 5, 20), WeightDecay = 0.1, NoDecay = ParameterKinds.Bias, ClipNorm = 0.25 },
        new AdamW { LearningRate = 0.01f, Beta1 = 0, Beta2 = 0, WeightDecay = 0, ClipNorm = 1000 },
        new AdamW { LearningRate = 0.01, ClipNorm = 0.5, ClipValue = 0.02 },
        new Adam(),
        new Adam { LearningRate = 0.01, Beta1 = 0.7, Beta2 = 0.9, Epsilon = 1e-4, WeightDecay = 0.2, NoDecay = ParameterKinds.Norm },
        new Sgd { LearningRate = 0.5 },
        new Sgd { LearningRate = 0.1, WeightDecay = 0.2, NoDecay = ParameterKinds.Bias, ClipValue = 0.03 },
        new Sgd { LearningRate = 0.1, Momentum = 0.9, Dampening = 0.3, WeightDecay = 0.01 },
        new Sgd { LearningRate = 0.1, Momentum = 0.9, MomentumForm = MomentumForm.Nesterov, WeightDecay = 0.01, ClipNorm = 0.5 },
        new RmsProp { Epsilon = 1e-4 },
        new RmsProp { LearningRate = 0.003, Alpha = 0.9, Epsilon = 1e-3, WeightDecay = 0.1, NoDecay = ParameterKinds.Embedding, Momentum = 0.8 },
        new RmsProp { LearningRate = 0.003, Alpha = 0.9, Epsilon = 1e-2, Centered = true },
        new RmsProp { LearningRate = 0.003, Alpha = 0.8, Epsilon = 1e-2, Centered = true, Momentum = 0.5, WeightDecay = 0.1 },
    };

    [Theory]
    [MemberData(nameof(Settings), DisableDiscoveryEnumeration = true)]
    public void Agrees_with_PyTorchs_definition_in_double_precision(Optimizer optimizer)
    {
        using var weights = new TinyWeights();
        OptimizerReference[] references =
            [.. TinyModel.TrainedNames.Select(name => new OptimizerReference(optimizer, name, TinyModel.Export(weights, name)))];
        using var trainer = new TinyTrainer(weights, optimizer);

        for (int step = 0; step < 25; step++)
        {
            (int[] inputs, int[] targets) = TinyModel.Batch(step);
            trainer.Step(inputs, targets);
            float[][] gradients = [.. references.Select(reference => TinyModel.ExportGradient(trainer, reference.Name))];
            double norm = Math.Sqrt(gradients.Sum(gradient => gradient.Sum(value => (double)value * value)));
            double scale = optimizer.ClipNorm > 0 ? Math.Min(1, optimizer.ClipNorm / (norm + 1e-6)) : 1;
            Assert.Equal(norm, trainer.LastGradientNorm, 1e-6 * norm);

            foreach ((OptimizerReference reference, float[] gradient) in references.Zip(gradients))
            {
                reference.Update(step, gradient, scale);
                reference.AssertEqual(TinyModel.Export(weights, reference.Name));
            }
        }
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_applied_as_PyTorch_does()
    {
        using var weights = new TinyWeights();
        var bias = new float[TinyModel.Vocabulary];
        bias[3] = float.PositiveInfinity;
        weights.Import("head.bias", bias);
        using var trainer = new TinyTrainer(weights, new AdamW { ClipNorm = 1 });
        (int[] inputs, int[] targets) = TinyModel.Batch(0);

        Assert.True(float.IsNaN(trainer.Step(inputs, targets)));
        Assert.True(double.IsNaN(trainer.LastGradientNorm));
        Assert.Equal(1, trainer.StepCount);
        Assert.All(TinyModel.Export(weights, "head.weight"), value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [MemberData(nameof(Settings), DisableDiscoveryEnumeration = true)]
    public void Padding_stays_zero(Optimizer optimizer)
    {
        using var weights = new TinyWeights();
        using var trainer = new TinyTrainer(weights, optimizer);
        for (int step = 0; step < 5; step++)
        {
            (int[] inputs, int[] targets) = TinyModel.Batch(step);
            trainer.Step(inputs, targets);
        }

        for (int k = 0; k < TinyModel.Width; k++)
            Assert.True(weights.Values.Slice(TinyModel.Head + k * 16 + TinyModel.Vocabulary, 16 - TinyModel.Vocabulary).IndexOfAnyExcept(0f) < 0);
    }

    [Fact]
    public void Kinds_have_their_own_flags()
    {
        foreach (ParameterKind kind in Enum.GetValues<ParameterKind>())
        {
            ParameterKinds flag = Enum.Parse<ParameterKinds>(kind.ToString());
            Assert.True(flag.Includes(kind));
            Assert.False((~flag).Includes(kind));
        }
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Beta1", () => new AdamW { Beta1 = 1 });
        Assert.Throws<ArgumentOutOfRangeException>("Beta2", () => new AdamW { Beta2 = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>("Epsilon", () => new AdamW { Epsilon = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("Epsilon", () => new Adam { Epsilon = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Epsilon", () => new RmsProp { Epsilon = 1e-60 });
        Assert.Throws<ArgumentOutOfRangeException>("Alpha", () => new RmsProp { Alpha = 1 });
        Assert.Throws<ArgumentOutOfRangeException>("Momentum", () => new RmsProp { Momentum = 1.5 });
        Assert.Throws<ArgumentOutOfRangeException>("Momentum", () => new Sgd { Momentum = -0.1 });
        Assert.Throws<ArgumentOutOfRangeException>("Dampening", () => new Sgd { Dampening = 2 });
        var form = Assert.Throws<ArgumentOutOfRangeException>("MomentumForm", () => new Sgd { MomentumForm = (MomentumForm)7 });
        Assert.Contains("MomentumForm is 7; it has to be Classical or Nesterov", form.Message);
        Assert.Throws<ArgumentOutOfRangeException>("ClipValue", () => new Sgd { ClipValue = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>("WeightDecay", () => new AdamW { WeightDecay = double.PositiveInfinity });
        Assert.Throws<ArgumentOutOfRangeException>("ClipNorm", () => new AdamW { ClipNorm = -0.5 });
        Assert.Throws<ArgumentOutOfRangeException>("rate", () => new AdamW { LearningRate = -1e-3 });
        Assert.Throws<ArgumentNullException>(() => new AdamW { LearningRate = null! });
    }
}
