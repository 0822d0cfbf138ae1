using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class RotaryTests
{
    [Theory]
    [InlineData(1, 1, 2, 2, "Halves")]
    [InlineData(5, 3, 8, 8, "Halves")]
    [InlineData(5, 3, 7, 4, "Interleaved")]
    [InlineData(300, 2, 6, 6, "Interleaved")]
    [InlineData(4, 2, 7, 6, "Halves")]
    public void PairsTurnAndTurnBack(int rows, int heads, int headDim, int rotaryDim, string layout)
    {
        const int context = 11;
        using var device = new Device();
        RotaryShape shape = new(Extent.Of(rows), heads, headDim, rotaryDim, Enum.Parse<PairLayout>(layout));
        int pairs = rotaryDim / 2;
        float[] x = Numbers.Random(1, rows * heads * headDim), cosines = Numbers.Random(2, context * pairs), sines = Numbers.Random(3, context * pairs);
        int[] positions = Numbers.Integers(4, rows, context);
        object[] tables = [device.Of(cosines), device.Of(sines), device.Of(positions)];
        DeviceBuffer y = device.Unwritten(x.Length), inPlace = device.Of(x);
        device.Run(RotaryKernel.Of(shape, Turn.Forward), [device.Of(x), .. tables, y]);
        device.Run(RotaryKernel.Of(shape, Turn.Back), [inPlace, .. tables, inPlace]);
        Assert.Equal(Turned(shape, x, cosines, sines, positions, 1), y.Floats());
        Assert.Equal(Turned(shape, x, cosines, sines, positions, -1), inPlace.Floats());
    }

    private static float[] Turned(RotaryShape shape, float[] x, float[] cosines, float[] sines, int[] positions, int direction)
    {
        float[] y = [.. x];
        int pairs = shape.RotaryDim / 2;
        for (int start = 0; start < x.Length; start += shape.HeadDim)
        {
            int position = positions[start / (shape.Heads * shape.HeadDim)];
            for (int pair = 0; pair < pairs; pair++)
            {
                int first = start + (shape.Layout == PairLayout.Halves ? pair : 2 * pair), second = first + (shape.Layout == PairLayout.Halves ? pairs : 1);
                float cosine = cosines[(position * pairs) + pair], sine = direction * sines[(position * pairs) + pair];
                y[first] = MathF.FusedMultiplyAdd(-x[second], sine, x[first] * cosine);
                y[second] = MathF.FusedMultiplyAdd(x[first], sine, x[second] * cosine);
            }
        }

        return y;
    }
}
