using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Holds gradients to central differences of a reference's loss, along random directions that all elements of a parameter enter.</summary>
internal static class DirectionalDifferences
{
    private const double Step = 1e-6;
    private const int Directions = 3;

    /// <summary>The gradients of all trained parameters that the trainer's last backward pass left.</summary>
    public static void AssertGradients(ModelWeights weights, ModelTrainer trainer, ReferenceModel reference, Func<double> loss)
    {
        foreach (CheckpointTensor tensor in weights.Layout.Tensors)
        {
            if (!weights.Layout.IsTrained(tensor)) continue;
            double[] values = reference.Weights[tensor.Name];
            var gradient = new float[values.Length];
            trainer.ExportGradient(tensor.Name, gradient);
            AssertDirections(tensor.Name, values, gradient, loss);
        }
    }

    private static void AssertDirections(string name, double[] values, float[] gradient, Func<double> loss)
    {
        var random = new Random(values.Length);
        double gradientNorm = Math.Sqrt(gradient.Sum(g => (double)g * g));
        for (int direction = 0; direction < Directions; direction++)
        {
            double[] original = [.. values], along = [.. values.Select(_ => random.NextDouble() * 2 - 1)];
            double norm = Math.Sqrt(along.Sum(a => a * a));
            Move(Step / norm);
            double above = loss();
            Move(-Step / norm);
            double below = loss();
            original.CopyTo(values, 0);
            double expected = (above - below) / (2 * Step), actual = along.Zip(gradient, (a, g) => a / norm * g).Sum();
            Assert.True(
                Math.Abs(expected - actual) <= 1e-6 + 1e-3 * Math.Abs(expected) + 2e-4 * gradientNorm,
                $"{name}: the loss grows by {expected} along a direction, the gradient says {actual} (norm {gradientNorm}).");

            void Move(double by)
            {
                for (int i = 0; i < values.Length; i++) values[i] = original[i] + by * along[i];
            }
        }
    }
}
