using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class ArgmaxTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(3, 131, false)]
    [InlineData(5, 36, true)]
    [InlineData(2, 4099, false)]
    [InlineData(2, 8192, true)]
    public void OfEqualsTheFirst(int rows, int vocabulary, bool isBounded)
    {
        // Few values, so that there are many equals.
        float[] logits = [.. Numbers.Random(1, rows * vocabulary).Select(value => MathF.Round(value * 2) - 3)];
        Assert.Equal(Enumerable.Range(0, rows).Select(row => First(logits.AsSpan(row * vocabulary, vocabulary))), Run(logits, rows, vocabulary, isBounded));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(129)]
    [InlineData(130)]
    public void AnywhereInARow(int place)
    {
        float[] logits = new float[131];
        logits[place] = 1e-30f;
        Assert.Equal(place, Run(logits, 1, 131, isBounded: false)[0]);
    }

    [Theory]
    [InlineData(new[] { -1f, float.NegativeInfinity, -0.5f }, 2)]
    [InlineData(new[] { -0f, 0f, 0f }, 1)]
    [InlineData(new[] { -float.MaxValue, float.NegativeInfinity, -float.MaxValue }, 0)]
    [InlineData(new[] { 1f, float.NaN, 2f }, -1)]
    [InlineData(new[] { 1f, float.PositiveInfinity, 2f }, -1)]
    [InlineData(new[] { float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity }, -1)]
    public void WhatCannotBeDrawnIsNoToken(float[] logits, int expected) => Assert.Equal(expected, Run(logits, 1, logits.Length, isBounded: false)[0]);

    private static int First(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best] || (logits[i] == logits[best] && float.IsNegative(logits[best]) && !float.IsNegative(logits[i]))) best = i;
        }

        return best;
    }

    private static int[] Run(float[] logits, int rows, int vocabulary, bool isBounded)
    {
        using var device = new Device();
        DeviceBuffer tokens = device.Unwritten(rows);
        object[] control = isBounded ? [device.Control((ControlField.Rows, rows))] : [];
        device.Run(ArgmaxKernel.Of(isBounded ? Extent.UpTo(rows + 3) : Extent.Of(rows), vocabulary), [device.Of(logits), tokens, .. control]);
        return tokens.Words();
    }
}
