using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class SoftmaxCrossEntropyTests
{
    public static TheoryData<int, int, float, bool> Cases => new()
    {
        { 1, 2, 0f, false },
        { 5, 131, 0f, false },
        { 9, 36, 0.1f, false },
        { 9, 36, 0f, true },
        { 300, 7, 0.2f, true },
        { 3, 2051, 0f, false },
        { 2, 2052, 0.1f, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void LossAndGradientAreThoseOfTheDefinition(int rows, int classes, float smoothing, bool hasWeights)
    {
        using var device = new Device();
        CrossEntropyShape shape = new(rows, classes, smoothing, hasWeights ? ClassWeights.Given : ClassWeights.None);
        float[] logits = [.. Numbers.Random(1, rows * classes).Select(value => value * 4)];
        float[]? weights = hasWeights ? [.. Numbers.Random(3, classes).Select(value => Math.Abs(value) + 0.1f)] : null;
        int[] targets = [.. Numbers.Integers(2, rows, classes).Select((target, row) => row % 4 == 3 ? -100 : target)];
        (double loss, double[] gradient) = Reference(logits, targets, weights, classes, smoothing);
        (float actualLoss, float[] actualGradient) = Run(device, shape, logits, targets, weights);
        Assert.InRange(actualLoss, loss - (2e-6 * (1 + loss)), loss + (2e-6 * (1 + loss)));
        Numbers.Close(gradient, actualGradient, 1e-7, 4e-6);
    }

    [Fact]
    public void WithoutTargetsLossAndGradientAreZero()
    {
        using var device = new Device();
        (float loss, float[] gradient) = Run(device, new(3, 7, 0f, ClassWeights.None), Numbers.Random(1, 21), [-100, -100, -100], null);
        Assert.Equal(0f, loss);
        Assert.All(gradient, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void GreatAndInfiniteLogitsDoNotOverflow()
    {
        using var device = new Device();
        float[] logits = [1e4f, -1e4f, float.NegativeInfinity, 1e4f];
        (float loss, float[] gradient) = Run(device, new(1, 4, 0f, ClassWeights.None), logits, [0], null);
        Assert.InRange(loss, 0.6925f, 0.6938f);
        Numbers.Close([-0.5, 0, 0, 0.5], gradient, 5e-4);
    }

    private static (float Loss, float[] Gradient) Run(Device device, CrossEntropyShape shape, float[] logits, int[] targets, float[]? weights)
    {
        DeviceBuffer x = device.Of(logits), t = device.Of(targets), rowLosses = device.Unwritten(shape.Rows), normalizers = device.Unwritten(shape.Rows);
        DeviceBuffer loss = device.Unwritten(1), shares = device.Unwritten(SoftmaxCrossEntropyKernels.SharesFloats);
        object[] given = weights is null ? [] : [device.Of(weights)];
        device.Run(SoftmaxCrossEntropyKernels.Rows(shape), [x, t, .. given, rowLosses, normalizers]);
        device.Run(SoftmaxCrossEntropyKernels.Mean(shape), [rowLosses, t, .. given, loss]);
        device.Run(SoftmaxCrossEntropyKernels.Shares(shape), [t, .. given, shares, device.Control((ControlField.LossScale, 1f))]);
        device.Run(SoftmaxCrossEntropyKernels.Gradient(shape), [x, t, normalizers, .. given, shares, x]);
        return (loss.Floats()[0], x.Floats());
    }

    private static (double Loss, double[] Gradient) Reference(float[] logits, int[] targets, float[]? weights, int classes, double smoothing)
    {
        double Weight(int c) => weights is null ? 1 : weights[c];
        double total = targets.Where(target => target != -100).Sum(Weight), loss = 0;
        var gradient = new double[logits.Length];
        for (int row = 0; row < targets.Length; row++)
        {
            if (targets[row] == -100) continue;
            double[] x = [.. logits.Skip(row * classes).Take(classes).Select(value => (double)value)];
            double maximum = x.Max(), normalizer = maximum + Math.Log(x.Sum(value => Math.Exp(value - maximum)));
            for (int c = 0; c < classes; c++)
            {
                double q = ((c == targets[row] ? (1 - smoothing) * Weight(c) : 0) + (smoothing / classes * Weight(c))) / total;
                loss += q * (normalizer - x[c]);
                gradient[(row * classes) + c] -= q;
                for (int other = 0; other < classes; other++) gradient[(row * classes) + other] += q * Math.Exp(x[other] - normalizer);
            }
        }

        return (loss, gradient);
    }
}
