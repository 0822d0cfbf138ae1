using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class LossTests
{
    private const float LossScale = 4;

    public static TheoryData<string, int, int> Elements => new()
    {
        { "BinaryCrossEntropy", 1, 1 }, { "BinaryCrossEntropy", 7, 131 }, { "BinaryCrossEntropy", 3, 2052 },
        { "MeanSquaredError", 1, 1 }, { "MeanSquaredError", 9, 36 }, { "MeanSquaredError", 300, 3 },
    };

    /// <summary>Some targets are NaN; where there is one element, it is.</summary>
    [Theory]
    [MemberData(nameof(Elements))]
    public void LossesOfElements(string name, int rows, int columns)
    {
        using var device = new Device();
        bool isBinary = name == "BinaryCrossEntropy";
        ElementLossFormula formula = isBinary ? ElementLossFormula.BinaryCrossEntropy : ElementLossFormula.MeanSquaredError;
        float[] x = [.. Numbers.Random(1, rows * columns).Select(value => value * 20)];
        float[] t = [.. Numbers.Random(2, x.Length).Select((value, i) => i % 5 == 0 ? float.NaN : isBinary ? (value + 2) / 4 : value)];
        DeviceBuffer losses = device.Unwritten(rows), counts = device.Unwritten(rows), loss = device.Unwritten(1), share = device.Unwritten(1), predictions = device.Of(x);
        DeviceBuffer targets = device.Of(t);
        device.Run(ElementLossKernels.Rows(formula, rows, columns), predictions, targets, losses, counts);
        device.Run(ElementLossKernels.Means.Mean(rows), losses, counts, loss);
        device.Run(ElementLossKernels.Means.Share(rows), counts, share, device.Control((ControlField.LossScale, LossScale)));
        device.Run(ElementLossKernels.Gradient(formula, rows, columns), predictions, targets, share, predictions);

        double[] terms = [.. x.Zip(t, (a, b) => float.IsNaN(b) ? 0 : isBinary ? Math.Max(a, 0) - ((double)a * b) + double.LogP1(Math.Exp(-Math.Abs(a))) : Math.Pow((double)a - b, 2))];
        int count = t.Count(value => !float.IsNaN(value));
        Numbers.Close([terms.Sum() / Math.Max(1, count)], loss.Floats(), 1e-9, 3e-6);
        Numbers.Close([.. Enumerable.Range(0, rows).Select(row => terms.Skip(row * columns).Take(columns).Sum())], losses.Floats(), 1e-9, 3e-6);
        Numbers.Close([.. Enumerable.Range(0, rows).Select(row => (double)t.Skip(row * columns).Take(columns).Count(value => !float.IsNaN(value)))], counts.Floats(), 0, 0);
        double[] slopes = [.. x.Zip(t, (a, b) => float.IsNaN(b) ? 0 : (isBinary ? (1 / (1 + Math.Exp(-a))) - b : 2 * ((double)a - b)) * LossScale / count)];
        Numbers.Close(slopes, predictions.Floats(), 4e-7 / Math.Max(1, count), 2e-6);
    }

    /// <summary>The second row's targets have a NaN; a class that has no target is impossible.</summary>
    [Theory]
    [InlineData(1, 7)]
    [InlineData(5, 131)]
    [InlineData(3, 2052)]
    [InlineData(261, 4)]
    public void LossesAgainstDistributions(int rows, int classes)
    {
        using var device = new Device();
        float[] x = [.. Numbers.Random(1, rows * classes).Select(value => value * 3)], t = [.. Numbers.Random(2, x.Length).Select(value => (value + 2) / classes)];
        (x[0], t[0]) = (float.NegativeInfinity, 0);
        if (rows > 1) t[classes + 1] = float.NaN;
        DeviceBuffer losses = device.Unwritten(rows), normalizers = device.Unwritten(rows), sums = device.Unwritten(rows), loss = device.Unwritten(1), share = device.Unwritten(1);
        DeviceBuffer logits = device.Of(x), targets = device.Of(t);
        device.Run(SoftTargetCrossEntropyKernels.Rows(rows, classes), logits, targets, losses, normalizers, sums);
        device.Run(SoftTargetCrossEntropyKernels.Means.Mean(rows), losses, sums, loss);
        device.Run(SoftTargetCrossEntropyKernels.Means.Share(rows), sums, share, device.Control((ControlField.LossScale, LossScale)));
        device.Run(SoftTargetCrossEntropyKernels.Gradient(rows, classes), logits, targets, normalizers, sums, share, logits);

        double[] expected = new double[rows], gradient = new double[x.Length];
        int counted = rows > 1 ? rows - 1 : 1;
        for (int row = 0; row < rows; row++)
        {
            int first = row * classes;
            double normalizer = Math.Log(Enumerable.Range(first, classes).Sum(i => Math.Exp(x[i]))), sum = Enumerable.Range(first, classes).Sum(i => (double)t[i]);
            if (double.IsNaN(sum)) continue;
            expected[row] = Enumerable.Range(first, classes).Sum(i => t[i] == 0 ? 0 : t[i] * (normalizer - x[i]));
            for (int i = first; i < first + classes; i++) gradient[i] = ((sum * Math.Exp(x[i] - normalizer)) - t[i]) * LossScale / counted;
        }

        Numbers.Close(expected, losses.Floats(), 1e-6, 5e-6);
        Numbers.Close([expected.Sum() / counted], loss.Floats(), 1e-6, 5e-6);
        Numbers.Close(gradient, logits.Floats(), 4e-6, 1e-5);
    }
}
