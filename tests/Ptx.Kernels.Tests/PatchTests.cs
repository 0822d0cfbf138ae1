using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class PatchTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(2, 3, 5, 7, 2)]
    [InlineData(2, 3, 9, 16, 4)]
    [InlineData(1, 2, 8, 10, 4)]
    public void PatchesAreInTheOrderOfAConvolution(int batch, int channels, int height, int width, int size)
    {
        using var device = new Device();
        int down = height / size, across = width / size, columns = channels * size * size;
        float[] pixels = Numbers.Random(1, batch * channels * height * width), expected = new float[batch * down * across * columns];
        for (int i = 0; i < expected.Length; i++)
        {
            (int row, int column) = (i / columns, i % columns);
            (int image, int channel) = (row / (down * across), column / (size * size));
            int y = (row / across % down * size) + (column / size % size), x = (row % across * size) + (column % size);
            expected[i] = pixels[(((((image * channels) + channel) * height) + y) * width) + x];
        }

        DeviceBuffer result = device.Unwritten(expected.Length);
        device.Run(PatchKernels.Patches(new(batch, channels, height, width, size)), device.Of(pixels), result);
        Assert.Equal(expected, result.Floats());
    }

    [Theory]
    [InlineData(1, 1, 7)]
    [InlineData(3, 5, 131)]
    [InlineData(2, 17, 36)]
    public void ATokenBeforeEachSequence(int sequences, int length, int columns)
    {
        using var device = new Device();
        PrependShape shape = new(sequences, length, columns);
        float[] x = Numbers.Random(1, sequences * length * columns), token = Numbers.Random(2, columns), more = Numbers.Random(3, x.Length), before = Numbers.Random(4, columns);
        DeviceBuffer y = device.Unwritten(x.Length + (sequences * columns)), dx = device.Unwritten(x.Length), sum = device.Of(more), dToken = device.Unwritten(columns);
        DeviceBuffer tokenSum = device.Of(before);
        device.Run(PatchKernels.PrependToken(shape), device.Of(x), device.Of(token), y);
        device.Run(PatchKernels.PrependTokenInputGradient(shape, Addend.None), y, dx);
        device.Run(PatchKernels.PrependTokenInputGradient(shape, Addend.Added), y, sum, sum);
        device.Run(PatchKernels.PrependTokenParameterGradient(shape, Addend.None), y, dToken);
        device.Run(PatchKernels.PrependTokenParameterGradient(shape, Addend.Added), y, tokenSum, tokenSum);

        DeviceBuffer accumulated = device.Of(before), first = device.Unwritten(columns);
        PtxKernel kernel = PatchKernels.PrependTokenParameterGradient(shape, Addend.Accumulated);
        device.Run(kernel, y, accumulated, device.Control((ControlField.AccumulationIsOn, 1)));
        device.Run(kernel, y, first, device.Control((ControlField.AccumulationIsOn, 0)));
        Assert.Equal(tokenSum.Floats(), accumulated.Floats());
        Assert.Equal(dToken.Floats(), first.Floats());

        float[] expected = [.. Enumerable.Range(0, sequences).SelectMany(s => token.Concat(x.Skip(s * length * columns).Take(length * columns)))];
        Assert.Equal(expected, y.Floats());
        Assert.Equal(x, dx.Floats());
        Assert.Equal(x.Zip(more, (a, b) => a + b), sum.Floats());
        Numbers.Close([.. token.Select(value => (double)value * sequences)], dToken.Floats());
        Numbers.Close([.. token.Zip(before, (value, b) => ((double)value * sequences) + b)], tokenSum.Floats());
    }
}
