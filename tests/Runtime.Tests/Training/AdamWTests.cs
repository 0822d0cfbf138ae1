using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class AdamWTests
{
    public static TheoryData<AdamW> Settings => new()
    {
        new AdamW(),
        new AdamW { LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.3 },
        new AdamW { LearningRate = 0.01, WeightDecay = 0.5, NoDecay = ParameterKinds.Norm | ParameterKinds.Bias | ParameterKinds.Embedding },
        new AdamW { LearningRate = new WarmupCosine(0.02, 0.001, 5, 20), WeightDecay = 0.1, NoDecay = ParameterKinds.Bias, ClipNorm = 0.25 },
        new AdamW { LearningRate = 0.01f, Beta1 = 0, Beta2 = 0, WeightDecay = 0, ClipNorm = 1000 },
    };

    [Theory]
    [MemberData(nameof(Settings), DisableDiscoveryEnumeration = true)]
    public void Agrees_with_PyTorchs_definition_in_double_precision(AdamW optimizer)
    {
        using var weights = new TinyWeights();
        Reference[] references = [.. TinyModel.TrainedNames.Select(name => new Reference(name, TinyModel.Export(weights, name)))];
        using var trainer = new TinyTrainer(weights, optimizer);

        for (int step = 0; step < 25; step++)
        {
            (int[] inputs, int[] targets) = TinyModel.Batch(step);
            trainer.Step(inputs, targets);
            float[][] gradients = [.. references.Select(reference => TinyModel.ExportGradient(trainer, reference.Name))];
            double norm = Math.Sqrt(gradients.Sum(gradient => gradient.Sum(value => (double)value * value)));
            double scale = optimizer.ClipNorm > 0 ? Math.Min(1, optimizer.ClipNorm / (norm + 1e-6)) : 1;
            Assert.Equal(norm, trainer.LastGradientNorm, 1e-6 * norm);

            foreach ((Reference reference, float[] gradient) in references.Zip(gradients))
            {
                reference.Update(optimizer, step, gradient, scale);
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
        Assert.Throws<ArgumentOutOfRangeException>("WeightDecay", () => new AdamW { WeightDecay = double.PositiveInfinity });
        Assert.Throws<ArgumentOutOfRangeException>("ClipNorm", () => new AdamW { ClipNorm = -0.5 });
        Assert.Throws<ArgumentOutOfRangeException>("rate", () => new AdamW { LearningRate = -1e-3 });
        Assert.Throws<ArgumentNullException>(() => new AdamW { LearningRate = null! });
    }

    /// <summary>torch.optim.AdamW, line by line, on doubles.</summary>
    private sealed class Reference(string name, float[] initial)
    {
        private readonly double[] _parameter = [.. initial.Select(value => (double)value)];
        private readonly double[] _mean = new double[initial.Length];
        private readonly double[] _square = new double[initial.Length];

        public string Name { get; } = name;

        public void Update(AdamW settings, int step, float[] gradient, double gradientScale)
        {
            double rate = settings.LearningRate.At(step);
            double decay = settings.NoDecay.Includes(TinyModel.Layout.Parameters[TinyModel.Layout.Tensor(Name).Rows[0].Parameter].Kind) ? 0 : settings.WeightDecay;
            double correction1 = 1 - Math.Pow(settings.Beta1, step + 1);
            double correction2 = 1 - Math.Pow(settings.Beta2, step + 1);
            for (int index = 0; index < _parameter.Length; index++)
            {
                double value = gradient[index] * gradientScale;
                _parameter[index] *= 1 - rate * decay;
                _mean[index] += (value - _mean[index]) * (1 - settings.Beta1);
                _square[index] = _square[index] * settings.Beta2 + value * value * (1 - settings.Beta2);
                _parameter[index] -= rate / correction1 * _mean[index] / (Math.Sqrt(_square[index]) / Math.Sqrt(correction2) + settings.Epsilon);
            }
        }

        public void AssertEqual(float[] actual)
        {
            for (int index = 0; index < actual.Length; index++) Assert.Equal(_parameter[index], actual[index], 5e-6);
        }
    }
}
