using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class TrainingTests
{
    [Theory]
    [InlineData(4, "Projection")]
    [InlineData(16, "Bias")]
    [InlineData(1032, "Norm")]
    public void AStepOfAdamIsTheRunTimesBitByBit(int count, string kind)
    {
        using var device = new Device();
        float[] g = Numbers.Random(1, count), p = Numbers.Random(2, count), m = Numbers.Random(3, count), v = [.. Numbers.Random(4, count).Select(Math.Abs)];
        const float scale = 0.7f, limit = 0.9f, penalty = 0.01f, factor = 0.99f, stepSize = 1e-2f, inverseRoot = 3f, epsilon = 1e-8f;
        DeviceBuffer control = device.Control(
            (ControlField.ClipValue, limit), (ControlField.Penalty + (int)Enum.Parse<ParameterKind>(kind), penalty), (ControlField.DecayFactor + (int)Enum.Parse<ParameterKind>(kind), factor), (ControlField.Beta1, 0.9f), (ControlField.OneMinusBeta1, 0.1f),
            (ControlField.Beta2, 0.999f), (ControlField.OneMinusBeta2, 0.001f), (ControlField.StepSize, stepSize), (ControlField.InverseRootCorrection2, inverseRoot),
            (ControlField.Epsilon, epsilon));
        DeviceBuffer parameter = device.Of(p), first = device.Of(m), second = device.Of(v);
        device.Update(AdamKernel.Step, count, Enum.Parse<ParameterKind>(kind), [device.Of(g), device.Of([scale]), parameter, first, second], control);
        for (int i = 0; i < count; i++)
        {
            float clipped = Math.Clamp(g[i] * scale, -limit, limit);
            clipped = MathF.FusedMultiplyAdd(p[i], penalty, clipped);
            m[i] = MathF.FusedMultiplyAdd(clipped, 0.1f, m[i] * 0.9f);
            v[i] = MathF.FusedMultiplyAdd(clipped * clipped, 0.001f, v[i] * 0.999f);
            float step = m[i] * stepSize / MathF.FusedMultiplyAdd(MathF.Sqrt(v[i]), inverseRoot, epsilon);
            p[i] = (p[i] * factor) - step;
        }

        Assert.Equal(m, first.Floats());
        Assert.Equal(v, second.Floats());
        Assert.Equal(p, parameter.Floats());
    }

    [Theory]
    [InlineData(4, 1f, 0f)]
    [InlineData(132, 0.5f, 1f)]
    [InlineData(20000, 1f, 1000f)]
    [InlineData(20004, 0.25f, 2f)]
    public void TheNormScalesTheGradient(int count, float share, float clip)
    {
        using var device = new Device();
        float[] gradient = Numbers.Random(1, count);
        DeviceBuffer sums = device.Unwritten(UpdateLaunches.Sums(count)), norm = device.Unwritten(1), scale = device.Unwritten(1);
        device.Run(GradientNormKernels.Squares with { Grid = new LaunchSize(UpdateLaunches.Sums(count)) }, device.Of(gradient), sums, (uint)count / UpdateLaunches.Group);
        device.Run(GradientNormKernels.Scale, sums, norm, scale, (uint)UpdateLaunches.Sums(count), device.Control((ControlField.MicroBatchShare, share), (ControlField.InverseLossScale, 1f), (ControlField.ClipNorm, clip)));
        double expected = share * Math.Sqrt(gradient.Sum(value => (double)value * value));
        double coefficient = clip > 0 ? Math.Min(1, clip / (expected + 1e-6)) : 1;
        Numbers.Close([expected], norm.Floats(), 0, 2e-6);
        Numbers.Close([share * coefficient], scale.Floats(), 0, 3e-6);
    }

    [Theory]
    [InlineData(1, 7, 0.1f)]
    [InlineData(3, 131, 0.5f)]
    [InlineData(5, 64, 1f)]
    public void DropoutDrawsTheRunTimesBits(int rows, int columns, float rate)
    {
        const uint site = 0x9ABCDEF0, seedLow = 0x12345678, seedHigh = 0xFEDCBA98, step = 17, rankAndMicroBatch = 0x20003;
        using var device = new Device();
        float[] x = Numbers.Random(1, rows * columns), more = Numbers.Random(2, x.Length);
        DeviceBuffer y = device.Unwritten(x.Length), sum = device.Of(more), off = device.Unwritten(x.Length);
        (ControlField, object)[] fields = [(ControlField.SeedLow, seedLow), (ControlField.SeedHigh, seedHigh), (ControlField.Step, step), (ControlField.RankAndMicroBatch, rankAndMicroBatch)];
        DeviceBuffer isOn = device.Control([.. fields, (ControlField.DropoutIsOn, 1)]), isOff = device.Control([.. fields, (ControlField.DropoutIsOn, 0)]);
        PtxKernel plain = DropoutKernel.Of(Extent.Of(rows), columns, rate, Addend.None);
        device.Run(plain, device.Of(x), y, site, isOn);
        device.Run(plain, device.Of(x), off, site, isOff);
        device.Run(DropoutKernel.Of(Extent.Of(rows), columns, rate, Addend.Added), device.Of(x), sum, sum, site, isOn);

        float kept = rate < 1f ? 1f / (1f - rate) : 0f;
        float[] expected = [.. x.Select((value, i) => value * (Uniform((uint)i) < rate ? 0f : kept))];
        Assert.Equal(expected, y.Floats());
        Assert.Equal(expected.Zip(more, (a, b) => a + b), sum.Floats());
        Assert.Equal(x, off.Floats());

        float Uniform(uint element) => (Philox([element / 4, step, rankAndMicroBatch, site], seedLow, seedHigh)[element % 4] >> 8) / 16777216f;
    }

    [Fact]
    public void TheReferenceIsPhilox()
    {
        // The known answers of the paper's library, Random123 (kat_vectors: philox4x32 10).
        Assert.Equal([0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u], Philox([0, 0, 0, 0], 0, 0));
        Assert.Equal([0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu], Philox([~0u, ~0u, ~0u, ~0u], ~0u, ~0u));
    }

    private static uint[] Philox(uint[] counter, uint key0, uint key1)
    {
        uint[] c = [.. counter];
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c[0], p1 = 0xCD9E8D57UL * c[2];
            c = [(uint)(p1 >> 32) ^ c[1] ^ key0, (uint)p1, (uint)(p0 >> 32) ^ c[3] ^ key1, (uint)p0];
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        return c;
    }
}
