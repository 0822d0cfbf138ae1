using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>The copies of factors that products of bfloat16 read.</summary>
public sealed class RoundingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(5, 36)]
    [InlineData(37, 32)]
    [InlineData(19, 131)]
    public void RowsAreRoundedIntoPanelsWithZerosBehind(int rows, int columns)
    {
        using var device = new Device();
        float[] x = [.. Numbers.Random(1, rows * columns)];
        DeviceBuffer rounded = device.Unwritten((int)RoundingKernels.PanelWords(Extent.Of(rows), columns));
        device.Run(RoundingKernels.Panels(Extent.Of(rows), columns), device.Of(x), rounded);
        Assert.Equal(Rounded(LinearCheck.InPanels(x, rows, columns)), rounded.Words());
    }

    /// <summary>Panels are as long as the most rows; those that a pass has not are not written.</summary>
    [Theory]
    [InlineData(40, 17, 36)]
    [InlineData(8, 3, 7)]
    public void RowsPastThoseOfThePassAreNotWritten(int most, int rows, int columns)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, most * columns);
        DeviceBuffer rounded = device.Unwritten((int)RoundingKernels.PanelWords(Extent.UpTo(most), columns));
        device.Run(RoundingKernels.Panels(Extent.UpTo(most), columns), device.Of(x), rounded, device.Control((ControlField.Rows, rows)));
        int[] expected = Rounded(LinearCheck.InPanels(x, most, columns)), actual = rounded.Words();
        for (int i = 0; i < expected.Length; i++) Assert.Equal(i / 8 % most < rows ? expected[i] : BitConverter.SingleToInt32Bits(float.NaN), actual[i]);
    }

    /// <summary>Numbers between two of 8 significant bits go to the even one; the greatest become infinite, and what is no number stays none.</summary>
    [Fact]
    public void WeightsAreRoundedToTheNearest()
    {
        using var device = new Device();
        float[] weights =
        [
            1, 1.00390625f, 1.01171875f, 1.00390637f, -1.00390625f, 0, -0f, float.MaxValue, -float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
            float.Epsilon, 3.3895314e38f, 1e-40f, 2, .. Numbers.Random(5, 1024),
        ];
        DeviceBuffer rounded = device.Unwritten(weights.Length / 2);
        device.Run(RoundingKernels.Weights(weights.Length), device.Of(weights), rounded);
        int[] expected = Rounded(weights), actual = rounded.Words();
        for (int i = 0; i < weights.Length; i++)
        {
            float one = Element(actual, i);
            Assert.True(float.IsNaN(weights[i]) ? float.IsNaN(one) : one.Equals(Element(expected, i)), $"{weights[i]:R} is {one:R} once rounded; expected {Element(expected, i):R}.");
        }

        Assert.Equal(1f, Element(actual, 1));
        Assert.Equal(1.015625f, Element(actual, 2));
        Assert.Equal(1.0078125f, Element(actual, 3));

        static float Element(int[] words, int index) => BitConverter.Int32BitsToSingle(words[index / 2] >> (16 * (index % 2)) << 16);
    }

    /// <summary>Each element is read once and written once, in whole sectors.</summary>
    [Theory]
    [InlineData(64, 96)]
    [InlineData(33, 68)]
    public void CopiesReadAndWriteWholeSectors(int rows, int columns)
    {
        using var device = new Device();
        DeviceBuffer rounded = device.Unwritten((int)RoundingKernels.PanelWords(Extent.Of(rows), columns));
        device.Run(RoundingKernels.Panels(Extent.Of(rows), columns), device.Of(new float[rows * columns]), rounded);
        AssertWhole(device.LastLaunch);
        DeviceBuffer weights = device.Unwritten(rows * 32);
        device.Run(RoundingKernels.Weights(rows * 64), device.Of(new float[rows * 64]), weights);
        AssertWhole(device.LastLaunch);

        static void AssertWhole(LaunchTrace trace) => Assert.All(
            trace.Instructions.Where(instruction => instruction.GlobalSectors > 0),
            request => Assert.InRange(request.GlobalSectors, 1, (request.LaneCount * (request.Instruction.Name.Contains(".v4", StringComparison.Ordinal) ? 16 : 8) / 32) + request.Requests));
    }

    [Fact]
    public void MoreWeightsThanWordsCountAreRefused() => Assert.Throws<NoKernelException>(() => RoundingKernels.Weights(1L << 32));

    /// <summary>Two to a word, to 8 significant bits, even ones between two.</summary>
    private static int[] Rounded(float[] values) => [.. values.Chunk(2).Select(pair => High(pair[0]) | High(pair[1]) << 16)];

    private static int High(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (int)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }
}
