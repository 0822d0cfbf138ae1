namespace Ptx.Kernels.Tests;

/// <summary>Test data, and comparison with references in double.</summary>
internal static class Numbers
{
    /// <summary>Uniform in [−2, 2), a function of the seed.</summary>
    public static float[] Random(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 4) - 2))];
    }

    /// <summary>Integers below the bound.</summary>
    public static int[] Integers(int seed, int count, int below)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(below))];
    }

    /// <summary>|a − b| ≤ absolute + relative · |b| for each element.</summary>
    public static void Close(double[] expected, float[] actual, double absolute = 1e-6, double relative = 1e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(
                expected[i].Equals(actual[i]) || difference <= absolute + (relative * Math.Abs(expected[i])),
                $"Element {i} is {actual[i]:R}; expected {expected[i]:R}, within {absolute} + {relative} of it.");
        }
    }

    /// <summary>W[outputs, inputs] in panels of 16 outputs, zeros behind the last.</summary>
    public static float[] Panels(float[] weight, int outputs, int inputs)
    {
        var panels = new float[(outputs + 15) / 16 * 16 * inputs];
        for (int n = 0; n < outputs; n++)
        {
            for (int k = 0; k < inputs; k++) panels[PanelIndex(n, k, inputs)] = weight[(n * inputs) + k];
        }

        return panels;
    }

    public static int PanelIndex(int row, int column, int columns) => ((((row / 16) * columns) + column) * 16) + (row % 16);

    /// <summary>c[rows, columns] = Σ a(row, i) · b(i, column).</summary>
    public static double[] Product(int rows, int depth, int columns, Func<int, int, float> a, Func<int, int, float> b)
    {
        var c = new double[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                double sum = 0;
                for (int i = 0; i < depth; i++) sum += (double)a(row, i) * b(i, column);
                c[(row * columns) + column] = sum;
            }
        }

        return c;
    }
}
