using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class PatchesTests
{
    [Theory]
    [InlineData(1, 1, 7, 7)]
    [InlineData(2, 3, 21, 16)]
    [InlineData(3, 1, 30, 29)]
    [InlineData(2, 3, 280, 224)]
    public void Patches_agree_with_the_reference(int batch, int channels, int height, int width)
    {
        Check<D1>(batch, channels, height, width);
        Check<D3>(batch, channels, height, width);
        Check<D7>(batch, channels, height, width);
    }

    private static void Check<TP>(int batch, int channels, int height, int width)
        where TP : struct, IDimension
    {
        using KernelTest test = new();
        var pixels = test.Source(batch * channels * height * width, out double[] source);
        List<double> expected = [];
        for (int image = 0; image < batch; image++)
        {
            for (int row = 0; row + TP.Value <= height; row += TP.Value)
            {
                for (int column = 0; column + TP.Value <= width; column += TP.Value)
                {
                    for (int channel = 0; channel < channels; channel++)
                    {
                        for (int y = row; y < row + TP.Value; y++)
                            expected.AddRange(source.Skip((((((image * channels) + channel) * height) + y) * width) + column).Take(TP.Value));
                    }
                }
            }
        }

        test.Check([.. expected], (team, y) => Patches.Forward<TP, Chosen>(team, pixels, batch, channels, height, width, y));
        test.Check([.. expected], (team, y) => Patches.Forward<TP>(team, pixels, batch, channels, height, width, y));
    }
}
