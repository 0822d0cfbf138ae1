using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Gradients;

/// <summary>Compares gradients with central differences of the loss.</summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5, Tolerance = 1e-6;

    /// <summary>Every element of every trained parameter.</summary>
    public static void AssertAllElements(IEnumerable<Parameter> parameters, SsaValues values, Func<double> loss)
    {
        foreach (Parameter parameter in parameters.Where(p => p.IsTrained))
        {
            double[] gradient = values.Gradient(parameter);
            for (int i = 0; i < gradient.Length; i++)
            {
                var direction = new double[gradient.Length];
                direction[i] = 1;
                AssertClose(Derivative(parameter, direction, values, loss), gradient[i], $"{parameter.Name}[{i}]");
            }
        }
    }

    /// <summary>Every trained parameter along one random direction.</summary>
    public static void AssertAlongDirections(IEnumerable<Parameter> parameters, SsaValues values, Func<double> loss, Random random)
    {
        foreach (Parameter parameter in parameters.Where(p => p.IsTrained))
        {
            double[] direction = [.. Enumerable.Range(0, (int)parameter.Elements).Select(_ => 2 * random.NextDouble() - 1)];
            double predicted = direction.Zip(values.Gradient(parameter), (d, g) => d * g).Sum();
            AssertClose(Derivative(parameter, direction, values, loss), predicted, parameter.Name);
        }
    }

    private static double Derivative(Parameter parameter, double[] direction, SsaValues values, Func<double> loss)
    {
        double[] original = values[parameter.Tensor];
        double LossAt(double step)
        {
            values.Set(parameter.Tensor, [.. original.Zip(direction, (value, d) => value + step * d)]);
            return loss();
        }
        double derivative = (LossAt(Step) - LossAt(-Step)) / (2 * Step);
        values.Set(parameter.Tensor, original);
        return derivative;
    }

    private static void AssertClose(double expected, double actual, string what) => Assert.True(
        Math.Abs(expected - actual) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: differences give {expected:R}, the gradient is {actual:R}.");
}
