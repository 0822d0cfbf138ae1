using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class ActivationTests
{
    public static TheoryData<int> Counts => [1, 3, 16, 47, 1000, 16 * 1024, (2 * 16 * 1024) + 5];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Identity_agrees_with_the_reference(int count) => CheckAll<Identity>(count, x => x);

    [Theory]
    [MemberData(nameof(Counts))]
    public void Relu_agrees_with_the_reference(int count) => CheckAll<Relu>(count, x => Math.Max(x, 0));

    [Theory]
    [MemberData(nameof(Counts))]
    public void Gelu_agrees_with_the_reference(int count) => CheckAll<Gelu>(count, x => x * Reference.NormalDistribution(x));

    [Theory]
    [MemberData(nameof(Counts))]
    public void GeluTanh_agrees_with_the_reference(int count) =>
        CheckAll<GeluTanh>(count, x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))));

    [Theory]
    [MemberData(nameof(Counts))]
    public void Silu_agrees_with_the_reference(int count) => CheckAll<Silu>(count, x => x * Reference.Sigmoid(x));

    [Theory]
    [MemberData(nameof(Counts))]
    public void Tanh_agrees_with_the_reference(int count) => CheckAll<Tanh>(count, Math.Tanh);

    [Fact]
    public void Large_inputs_neither_overflow_nor_give_NaN()
    {
        float[] extremes = [-3e38f, -1e20f, -200f, -90f, -20f, 20f, 90f, 200f, 1e20f, 3e38f];
        double[] relu = [0, 0, 0, 0, 0, 20, 90, 200, 1e20f, 3e38f];
        double[] step = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
        CheckValues<Relu>(extremes, relu, step);
        CheckValues<Gelu>(extremes, relu, step);
        CheckValues<GeluTanh>(extremes, relu, step);
        CheckValues<Silu>(extremes, relu, step);
        CheckValues<Tanh>(extremes, Array.ConvertAll(extremes, x => (double)Math.Sign(x)), new double[extremes.Length]);
    }

    [Fact]
    public void Derivatives_are_finite_at_infinity()
    {
        float[] infinities = [float.NegativeInfinity, float.PositiveInfinity];
        CheckDerivatives<Relu>(infinities, [0, 1]);
        CheckDerivatives<Gelu>(infinities, [0, 1]);
        CheckDerivatives<GeluTanh>(infinities, [0, 1]);
        CheckDerivatives<Silu>(infinities, [0, 1]);
        CheckDerivatives<Tanh>(infinities, [0, 0]);
    }

    [Fact]
    public void NaN_stays_NaN()
    {
        CheckValues<Relu>([float.NaN], [double.NaN], [double.NaN]);
        CheckValues<Gelu>([float.NaN], [double.NaN], [double.NaN]);
        CheckValues<GeluTanh>([float.NaN], [double.NaN], [double.NaN]);
        CheckValues<Silu>([float.NaN], [double.NaN], [double.NaN]);
        CheckValues<Tanh>([float.NaN], [double.NaN], [double.NaN]);
    }

    private static void CheckAll<TActivation>(int count, Func<double, double> function)
        where TActivation : struct, IActivation
    {
        using KernelTest test = new();
        var x = test.Source(count, out double[] xs, scale: 3);
        var up = test.Source(count, out double[] ups);
        var dy = test.Source(count, out double[] dys);
        double[] ys = Array.ConvertAll(xs, v => function(v));
        double[] slopes = Array.ConvertAll(xs, v => Reference.Derivative(function, v));

        test.Check(ys, (team, y) => Activations.Forward<TActivation, Chosen>(team, x, count, y));
        test.Check(Reference.Multiply(slopes, dys), (team, dx) => Activations.Gradient<TActivation, Chosen>(team, x, dy, count, dx));
        test.Check(Reference.Multiply(ys, ups), (team, y) => GatedActivations.Forward<TActivation, Chosen>(team, x, up, count, y));
        double[][] gated = [Reference.Multiply(Reference.Multiply(slopes, ups), dys), Reference.Multiply(ys, dys)];
        test.Check(gated, (team, d) => GatedActivations.Gradient<TActivation, Chosen>(team, x, up, dy, count, d[0], d[1]));

        // In place.
        float[] source = Array.ConvertAll(xs, v => (float)v);
        float[] incoming = Array.ConvertAll(dys, v => (float)v);
        test.Check(ys, (team, y) =>
        {
            source.CopyTo(y.Span);
            Activations.Forward<TActivation, Chosen>(team, y, count, y);
        });
        test.Check(Reference.Multiply(slopes, dys), (team, dx) =>
        {
            incoming.CopyTo(dx.Span);
            Activations.Gradient<TActivation, Chosen>(team, x, dx, count, dx);
        });
        test.Check(Reference.Multiply(ys, ups), (team, y) =>
        {
            source.CopyTo(y.Span);
            GatedActivations.Forward<TActivation, Chosen>(team, y, up, count, y);
        });
    }

    private static void CheckValues<TActivation>(float[] x, double[] values, double[] derivatives)
        where TActivation : struct, IActivation
    {
        using KernelTest test = new();
        var source = test.Source(x);
        test.Check(values, (team, y) => Activations.Forward<TActivation, Chosen>(team, source, x.Length, y));
        CheckDerivatives<TActivation>(x, derivatives);
    }

    private static void CheckDerivatives<TActivation>(float[] x, double[] derivatives)
        where TActivation : struct, IActivation
    {
        using KernelTest test = new();
        var source = test.Source(x);
        var ones = test.Source(Array.ConvertAll(x, _ => 1f));
        test.Check(derivatives, (team, dx) => Activations.Gradient<TActivation, Chosen>(team, source, ones, x.Length, dx));
    }
}
