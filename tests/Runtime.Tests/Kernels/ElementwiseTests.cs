using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class ElementwiseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(40_003)]
    public void Sums_and_multiples_agree_with_the_reference(int count)
    {
        using KernelTest test = new();
        var a = test.Source(count, out double[] xs);
        var b = test.Source(count, out double[] ys);
        double[] scaled = Array.ConvertAll(xs, x => -2.5 * x);
        test.Check(Reference.Add(xs, ys), (team, y) => Elementwise.Scale<Chosen>(team, a, 1, b, count, y));
        test.Check(scaled, (team, y) => Elementwise.Scale<Chosen>(team, a, -2.5f, default, count, y));
        test.Check(Reference.Add(scaled, ys), (team, y) => Elementwise.Scale<Chosen>(team, a, -2.5f, b, count, y));
        float[] source = Array.ConvertAll(ys, v => (float)v);
        test.Check(Reference.Add(scaled, ys), (team, y) =>
        {
            source.CopyTo(y.Span);
            Elementwise.Scale<Chosen>(team, a, -2.5f, y, count, y);
        });
        test.Check(ys, (team, y) =>
        {
            source.CopyTo(y.Span);
            Elementwise.Scale<Chosen>(team, y, 1, default, count, y);
        });
    }

    [Fact]
    public void Public_entries_are_the_same_kernels()
    {
        using KernelTest test = new();
        var a = test.Source(100, out double[] xs);
        var b = test.Source(100, out double[] ys);
        test.Check(Reference.Add(xs, ys), (team, y) => Elementwise.Add(team, a, b, 100, y));
        test.Check(xs[14..21], (_, y) => Elementwise.CopyRow<D7>(a, 2, y));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(47, 3)]
    [InlineData(20_003, 1000)]
    public void AdamW_agrees_with_the_reference(int count, int step)
    {
        const double Rate = 1e-2, Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-8, Decay = 0.1, Scale = 0.25;
        using KernelTest test = new();
        var gradient = test.Source(count, out double[] gs);
        test.Source(count, out double[] ps);
        test.Source(count, out double[] ms);
        test.Source(count, out double[] vs);
        vs = Array.ConvertAll(vs, v => (double)(float)(v * v));
        AdamCoefficients coefficients = new(
            0, (float)(1 - (Rate * Decay)), (float)Beta1, (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2),
            (float)(Rate / (1 - Math.Pow(Beta1, step))), (float)Math.Sqrt(1 - Math.Pow(Beta2, step)), (float)Epsilon);
        double[] parameters = new double[count], first = new double[count], second = new double[count];
        for (int i = 0; i < count; i++)
        {
            double g = gs[i] * Scale;
            first[i] = (Beta1 * ms[i]) + ((1 - Beta1) * g);
            second[i] = (Beta2 * vs[i]) + ((1 - Beta2) * g * g);
            double corrected = first[i] / (1 - Math.Pow(Beta1, step));
            parameters[i] = (ps[i] * (1 - (Rate * Decay))) - (Rate * corrected / (Math.Sqrt(second[i] / (1 - Math.Pow(Beta2, step))) + Epsilon));
        }

        float[][] before = [Array.ConvertAll(ps, v => (float)v), Array.ConvertAll(ms, v => (float)v), Array.ConvertAll(vs, v => (float)v)];
        test.Check([parameters, first, second], (team, o) =>
        {
            for (int i = 0; i < 3; i++) before[i].CopyTo(o[i].Span);
            OptimizerSteps.Adam<Chosen>(team, new(gradient, (float)Scale, float.PositiveInfinity), coefficients, count, o[0], o[1], o[2]);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16_385)]
    [InlineData(100_001)]
    public void Sums_of_squares_agree_with_the_reference(int count)
    {
        using KernelTest test = new();
        var gradient = test.Source(count, out double[] gs);
        double[] expected = [gs.Sum(g => g * g)];
        test.Check(expected, (team, sum) => sum[0] = (float)GradientNorm.SumOfSquares<Chosen>(team, gradient, count), 1e-6);
    }

    [Fact]
    public void Sums_of_squares_show_NaN()
    {
        using KernelTest test = new();
        var gradient = test.Source([1f, float.NaN, 2f]);
        test.Check([double.NaN], (team, sum) => sum[0] = (float)GradientNorm.SumOfSquares<Chosen>(team, gradient, 3));
    }
}
