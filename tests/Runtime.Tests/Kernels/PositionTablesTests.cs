using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class PositionTablesTests
{
    [Theory]
    [InlineData(-700.0)]
    [InlineData(-1.5)]
    [InlineData(0.0)]
    [InlineData(1e-9)]
    [InlineData(0.69)]
    [InlineData(700.0)]
    public void Exponential_and_logarithm_are_those_of_double(double x)
    {
        double expected = Math.Exp(x);
        Assert.InRange(PortableMath.Exp(x), expected * (1 - 4e-15), expected * (1 + 4e-15));
        Assert.InRange(PortableMath.Log(expected) - x, -1e-15 * (1 + Math.Abs(x)), 1e-15 * (1 + Math.Abs(x)));
    }

    [Fact]
    public void Sines_and_cosines_are_those_of_double()
    {
        for (double x = 0; x < 1_500_000; x = (x * 1.01) + 0.013)
        {
            (double sine, double cosine) = PortableMath.SinCos(x);
            Assert.InRange(sine - Math.Sin(x), -1e-15, 1e-15);
            Assert.InRange(cosine - Math.Cos(x), -1e-15, 1e-15);
            (double mirrored, _) = PortableMath.SinCos(-x);
            Assert.Equal(-sine, mirrored);
        }
    }

    [Fact]
    public void Linear_scaling_divides_every_position() =>
        CheckRotary(500_000, 16, 50, RotaryScaling.Linear(4), frequency => frequency / 4);

    [Fact]
    public void Without_scaling_frequencies_are_powers_of_theta() =>
        CheckRotary(10_000, 6, 50, RotaryScaling.None, frequency => frequency);

    /// <summary>The published formula of Hugging Face's _compute_llama3_parameters, in its own terms of wavelengths.</summary>
    [Fact]
    public void Llama3_scaling_keeps_short_waves_and_stretches_long_ones()
    {
        (int kept, int blended, int stretched) = (0, 0, 0);
        CheckRotary(500_000, 128, 20, RotaryScaling.Llama3(8, 1, 4, 8192), frequency =>
        {
            double wavelength = 2 * Math.PI / frequency;
            if (wavelength > 8192 / 1.0)
            {
                stretched++;
                return frequency / 8;
            }

            if (wavelength < 8192 / 4.0)
            {
                kept++;
                return frequency;
            }

            blended++;
            double smooth = ((8192 / wavelength) - 1) / (4 - 1);
            return ((1 - smooth) * frequency / 8) + (smooth * frequency);
        });
        Assert.True(kept > 0 && blended > 0 && stretched > 0);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(7)]
    [InlineData(1)]
    public void Sinusoidal_tables_have_both_orders(int dModel)
    {
        const int Context = 33;
        using GuardedBuffer<float> halves = new(Context * dModel);
        using GuardedBuffer<float> interleaved = new(Context * dModel);
        PositionTables.Sinusoidal<Halves>(10_000, dModel, Context, halves);
        PositionTables.Sinusoidal<Interleaved>(10_000, dModel, Context, interleaved);
        halves.Verify();
        interleaved.Verify();

        int sines = (dModel + 1) / 2;
        for (int position = 0; position < Context; position++)
        {
            for (int column = 0; column < dModel; column++)
            {
                double angle = position * Math.Pow(10_000, -2.0 * (column / 2) / dModel);
                double expected = column % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
                Assert.Equal(expected, interleaved[(position * dModel) + column], 1e-7);
                Assert.Equal(expected, halves[(position * dModel) + (column / 2) + (column % 2 == 0 ? 0 : sines)], 1e-7);
            }
        }
    }

    /// <summary>The slopes of Press et al.'s own recursion, and so of Hugging Face's build_alibi_tensor.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 5)]
    [InlineData(12, 33)]
    [InlineData(7, 2)]
    [InlineData(20, 9)]
    public void Linear_biases_have_the_published_slopes(int heads, int length)
    {
        static double[] Slopes(int n)
        {
            if (double.IsInteger(Math.Log2(n))) return [.. Enumerable.Range(1, n).Select(i => Math.Pow(Math.Pow(2, -Math.Pow(2, -(Math.Log2(n) - 3))), i))];
            int below = 1 << (int)Math.Log2(n);
            return [.. Slopes(below), .. Slopes(2 * below).Where((_, i) => i % 2 == 0).Take(n - below)];
        }

        using GuardedBuffer<float> distances = new(heads * ((2 * length) - 1));
        PositionTables.Alibi(heads, length, distances);
        distances.Verify();
        double[] expected = [.. Slopes(heads).SelectMany(slope => Enumerable.Range(1 - length, (2 * length) - 1).Select(distance => -slope * Math.Abs(distance)))];
        KernelTest.AssertNear(expected, distances.ToArray(), 1e-6);
    }

    private static void CheckRotary(double theta, int rotaryDim, int context, RotaryScaling scaling, Func<double, double> scale)
    {
        int pairs = rotaryDim / 2;
        using GuardedBuffer<float> cosines = new(context * pairs);
        using GuardedBuffer<float> sines = new(context * pairs);
        PositionTables.Rotary(theta, rotaryDim, context, scaling, cosines, sines);
        cosines.Verify();
        sines.Verify();
        for (int pair = 0; pair < pairs; pair++)
        {
            double frequency = scale(1 / Math.Pow(theta, 2.0 * pair / rotaryDim));
            for (int position = 0; position < context; position++)
            {
                Assert.Equal(Math.Cos(position * frequency), cosines[(position * pairs) + pair], 1e-7);
                Assert.Equal(Math.Sin(position * frequency), sines[(position * pairs) + pair], 1e-7);
            }
        }
    }
}
