using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class DescentTests
{
    private const float GradientScale = 0.7f, Limit = 0.9f, Penalty = 0.01f, Rate = 0.03f, Kept = 0.9f, GradientShare = 0.8f, Alpha = 0.99f, OneMinusAlpha = 0.01f, Epsilon = 1e-8f;

    [Theory]
    [InlineData(4, false, 0f, true)]
    [InlineData(16, true, 0f, false)]
    [InlineData(132, true, 0.9f, true)]
    [InlineData(1032, true, 0.9f, false)]
    [InlineData(1028, false, 0f, false)]
    public void AStepOfDescentIsTheRunTimesBitByBit(int count, bool hasMomentum, float lookAhead, bool decays)
    {
        using var device = new Device();
        float[] g = Numbers.Random(1, count), p = Numbers.Random(2, count), b = Numbers.Random(3, count);
        DeviceBuffer parameter = device.Of(p), momentum = device.Of(b);
        object[] states = hasMomentum ? [momentum] : [];
        PtxKernel kernel = hasMomentum ? DescentKernels.SgdWithMomentum : DescentKernels.Sgd;
        device.Update(kernel, count, Decay(decays), [device.Of(g), device.Of([GradientScale]), parameter, .. states], Control(device, lookAhead));
        for (int i = 0; i < count; i++)
        {
            float direction = Clipped(g[i], p[i], decays), clipped = direction;
            if (hasMomentum)
            {
                b[i] = MathF.FusedMultiplyAdd(clipped, GradientShare, b[i] * Kept);
                direction = lookAhead == 0 ? b[i] : MathF.FusedMultiplyAdd(b[i], lookAhead, clipped);
            }

            p[i] = MathF.FusedMultiplyAdd(-direction, Rate, p[i]);
        }

        Assert.Equal(p, parameter.Floats());
        Assert.Equal(b, momentum.Floats());
    }

    [Theory]
    [InlineData(4, false, false, true)]
    [InlineData(16, true, false, false)]
    [InlineData(132, false, true, true)]
    [InlineData(1032, true, true, true)]
    public void AStepOfRmsPropIsTheRunTimesBitByBit(int count, bool isCentred, bool hasMomentum, bool decays)
    {
        using var device = new Device();
        float[] g = Numbers.Random(1, count), p = Numbers.Random(2, count), v = [.. Numbers.Random(3, count).Select(Math.Abs)], m = Numbers.Random(4, count), b = Numbers.Random(5, count);
        DeviceBuffer parameter = device.Of(p), second = device.Of(v), first = device.Of(m), momentum = device.Of(b);
        object[] states = [second, .. isCentred ? (object[])[first] : [], .. hasMomentum ? (object[])[momentum] : []];
        PtxKernel kernel = (isCentred, hasMomentum) switch
        {
            (false, false) => DescentKernels.RmsProp,
            (false, true) => DescentKernels.RmsPropWithMomentum,
            (true, false) => DescentKernels.RmsPropCentred,
            (true, true) => DescentKernels.RmsPropCentredWithMomentum,
        };
        device.Update(kernel, count, Decay(decays), [device.Of(g), device.Of([GradientScale]), parameter, .. states], Control(device, lookAhead: 0));
        for (int i = 0; i < count; i++)
        {
            float clipped = Clipped(g[i], p[i], decays);
            float variance = v[i] = MathF.FusedMultiplyAdd(clipped * clipped, OneMinusAlpha, v[i] * Alpha);
            if (isCentred)
            {
                m[i] = MathF.FusedMultiplyAdd(clipped, OneMinusAlpha, m[i] * Alpha);
                variance = MathF.Max(MathF.FusedMultiplyAdd(-m[i], m[i], variance), 0);
            }

            float step = clipped / (MathF.Sqrt(variance) + Epsilon);
            if (hasMomentum) step = b[i] = MathF.FusedMultiplyAdd(b[i], Kept, step);
            p[i] = MathF.FusedMultiplyAdd(-step, Rate, p[i]);
        }

        Assert.Equal(p, parameter.Floats());
        Assert.Equal(v, second.Floats());
        Assert.Equal(m, first.Floats());
        Assert.Equal(b, momentum.Floats());
    }

    private static float Clipped(float gradient, float parameter, bool decays)
    {
        float clipped = Math.Clamp(gradient * GradientScale, -Limit, Limit);
        return decays ? MathF.FusedMultiplyAdd(parameter, Penalty, clipped) : clipped;
    }

    private static ParameterKind Decay(bool decays) => decays ? ParameterKind.Projection : ParameterKind.Bias;

    private static DeviceBuffer Control(Device device, float lookAhead) => device.Control(
        (ControlField.ClipValue, Limit), (ControlField.Penalty, Penalty), (ControlField.Penalty + (int)ParameterKind.Bias, 0f), (ControlField.LearningRate, Rate), (ControlField.Momentum, Kept),
        (ControlField.GradientShare, GradientShare), (ControlField.LookAhead, lookAhead), (ControlField.Alpha, Alpha), (ControlField.OneMinusAlpha, OneMinusAlpha),
        (ControlField.Epsilon, Epsilon));
}
