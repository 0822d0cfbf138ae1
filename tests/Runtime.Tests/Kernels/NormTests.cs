using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class NormTests
{
    private const float Epsilon = 1e-5f;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(13)]
    public void LayerNorm_agrees_with_the_reference(int rows)
    {
        CheckLayerNorm<D1>(rows);
        CheckLayerNorm<D7>(rows);
        CheckLayerNorm<D17>(rows);
        CheckLayerNorm<D64>(rows);
        CheckLayerNorm<D131>(rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(13)]
    public void RmsNorm_agrees_with_the_reference(int rows)
    {
        foreach (float offset in (float[])[0, 1])
        {
            CheckRmsNorm<D1>(rows, offset);
            CheckRmsNorm<D7>(rows, offset);
            CheckRmsNorm<D17>(rows, offset);
            CheckRmsNorm<D64>(rows, offset);
            CheckRmsNorm<D131>(rows, offset);
        }
    }

    [Fact]
    public void Many_rows_are_split_into_tiles()
    {
        CheckForward<D200>(rows: 150);
    }

    [Fact]
    public void A_large_mean_does_not_hide_the_variance()
    {
        using KernelTest test = new();
        float[] values = [1000.25f, 1000.5f, 1000.75f, 1001f, 999.75f, 999.5f, 1000f];
        double[] xs = Array.ConvertAll(values, v => (double)v);
        double[] ones = [1, 1, 1, 1, 1, 1, 1];
        var x = test.Source(values);
        var weight = test.Source(ones);
        test.Check(
            LayerNormReference(xs, ones, new double[7], 1, 7),
            (team, y) => LayerNorm.Forward<D7, Chosen>(team, x, weight, default, Epsilon, 1, y, default, default));
    }

    [Fact]
    public void NaN_and_infinity_stay_in_their_row()
    {
        using KernelTest test = new();
        float[] values = [1, 2, 3, float.NaN, 1, 1, float.PositiveInfinity, 0, 0, 1, 2, 3];
        var x = test.Source(values);
        var weight = test.Source([1f, 1f, 1f]);
        double[] clean = LayerNormReference([1, 2, 3], [1, 1, 1], [0, 0, 0], 1, 3);
        double nan = double.NaN;
        test.Check(
            [clean[0], clean[1], clean[2], nan, nan, nan, nan, nan, nan, clean[0], clean[1], clean[2]],
            (team, y) => LayerNorm.Forward<D3, Chosen>(team, x, weight, default, Epsilon, 4, y, default, default));
    }

    private static void CheckForward<TD>(int rows)
        where TD : struct, IDimension
    {
        int d = TD.Value;
        using KernelTest test = new();
        var x = test.Source(rows * d, out double[] xs);
        var w = test.Source(d, out double[] ws);
        test.Check(LayerNormReference(xs, ws, new double[d], rows, d), (team, y) => LayerNorm.Forward<TD, Chosen>(team, x, w, default, Epsilon, rows, y, default, default));
        test.Check(RmsNormReference(xs, ws, rows, d), (team, y) => RmsNorm.Forward<TD, Chosen>(team, x, w, Epsilon, 0, rows, y, default));
    }

    private static void CheckLayerNorm<TD>(int rows)
        where TD : struct, IDimension
    {
        int d = TD.Value;
        using KernelTest test = new();
        var x = test.Source(rows * d, out double[] xs);
        var w = test.Source(d, out double[] ws);
        var b = test.Source(d, out double[] bs);
        var dy = test.Source(rows * d, out double[] dys);
        var addend = test.Source(rows * d, out double[] addends);
        double[] ys = LayerNormReference(xs, ws, bs, rows, d);
        (double[] means, double[] reciprocals) = Statistics(xs, rows, d);
        var mean = test.Source(means);
        var reciprocal = test.Source(reciprocals);

        test.Check([ys, means, reciprocals], (team, o) => LayerNorm.Forward<TD, Chosen>(team, x, w, b, Epsilon, rows, o[0], o[1], o[2]), Tolerance(d));
        float[] source = Array.ConvertAll(xs, v => (float)v);
        test.Check(ys, (team, y) =>
        {
            source.CopyTo(y.Span);
            LayerNorm.Forward<TD, Chosen>(team, y, w, b, Epsilon, rows, y, default, default);
        });

        double[] dxs = Reference.Gradient(p => Reference.Dot(LayerNormReference(p, ws, bs, rows, d), dys), xs);
        test.Check(dxs, (team, dx) => LayerNorm.InputGradient<TD, Chosen>(team, dy, x, w, mean, reciprocal, default, rows, dx), Tolerance(d));
        test.Check(Reference.Add(dxs, addends), (team, dx) => LayerNorm.InputGradient<TD, Chosen>(team, dy, x, w, mean, reciprocal, addend, rows, dx), Tolerance(d));

        double[] dws = Reference.Gradient(p => Reference.Dot(LayerNormReference(xs, p, bs, rows, d), dys), ws);
        double[] dbs = Reference.Gradient(p => Reference.Dot(LayerNormReference(xs, ws, p, rows, d), dys), bs);
        test.Check([dws, dbs], (team, g) => NormParameters.Gradient<TD, Chosen>(team, dy, x, mean, reciprocal, default, default, rows, g[0], g[1]));
        test.Check([Reference.Add(dws, ws), Reference.Add(dbs, bs)], (team, g) => NormParameters.Gradient<TD, Chosen>(team, dy, x, mean, reciprocal, w, b, rows, g[0], g[1]));
    }

    private static void CheckRmsNorm<TD>(int rows, float offset)
        where TD : struct, IDimension
    {
        int d = TD.Value;
        using KernelTest test = new();
        var x = test.Source(rows * d, out double[] xs);
        var w = test.Source(d, out double[] ws);
        var dy = test.Source(rows * d, out double[] dys);
        double[] factors = Array.ConvertAll(ws, v => v + offset);
        double[] ys = RmsNormReference(xs, factors, rows, d);
        double[] reciprocals = new double[rows];
        for (int r = 0; r < rows; r++) reciprocals[r] = 1 / Math.Sqrt(xs.AsSpan(r * d, d).ToArray().Average(v => v * v) + Epsilon);
        var reciprocal = test.Source(reciprocals);

        test.Check([ys, reciprocals], (team, o) => RmsNorm.Forward<TD, Chosen>(team, x, w, Epsilon, offset, rows, o[0], o[1]));
        float[] source = Array.ConvertAll(xs, v => (float)v);
        test.Check(ys, (team, y) =>
        {
            source.CopyTo(y.Span);
            RmsNorm.Forward<TD, Chosen>(team, y, w, Epsilon, offset, rows, y, default);
        });

        double[] dxs = Reference.Gradient(p => Reference.Dot(RmsNormReference(p, factors, rows, d), dys), xs);
        float[] incoming = Array.ConvertAll(dys, v => (float)v);
        test.Check(dxs, (team, dx) =>
        {
            incoming.CopyTo(dx.Span);
            RmsNorm.InputGradient<TD, Chosen>(team, dx, x, w, reciprocal, default, offset, rows, dx);
        });
        test.Check(Reference.Add(dxs, xs), (team, dx) => RmsNorm.InputGradient<TD, Chosen>(team, dy, x, w, reciprocal, x, offset, rows, dx));

        double[] dws = Reference.Gradient(p => Reference.Dot(RmsNormReference(xs, p, rows, d), dys), ws);
        test.Check(dws, (team, dw) => RmsNorm.ParameterGradient<TD, Chosen>(team, dy, x, reciprocal, default, rows, dw));
        test.Check(Reference.Add(dws, ws), (team, dw) => RmsNorm.ParameterGradient<TD, Chosen>(team, dy, x, reciprocal, w, rows, dw));
    }

    /// <summary>A single column has no variance: 1 / √ε multiplies every rounding.</summary>
    private static double Tolerance(int d) => d == 1 ? 1e-3 : 1e-5;

    private static double[] LayerNormReference(double[] x, double[] w, double[] b, int rows, int d)
    {
        (double[] means, double[] reciprocals) = Statistics(x, rows, d);
        double[] y = new double[rows * d];
        for (int i = 0; i < y.Length; i++) y[i] = ((x[i] - means[i / d]) * reciprocals[i / d] * w[i % d]) + b[i % d];
        return y;
    }

    private static (double[] Means, double[] Reciprocals) Statistics(double[] x, int rows, int d)
    {
        (double[] means, double[] reciprocals) = (new double[rows], new double[rows]);
        for (int r = 0; r < rows; r++)
        {
            double[] row = x[(r * d)..((r + 1) * d)];
            double mean = means[r] = row.Average();
            reciprocals[r] = 1 / Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + Epsilon);
        }

        return (means, reciprocals);
    }

    private static double[] RmsNormReference(double[] x, double[] w, int rows, int d)
    {
        double[] y = new double[rows * d];
        for (int r = 0; r < rows; r++)
        {
            double reciprocal = 1 / Math.Sqrt(x[(r * d)..((r + 1) * d)].Average(v => v * v) + Epsilon);
            for (int c = 0; c < d; c++) y[(r * d) + c] = x[(r * d) + c] * reciprocal * w[c];
        }

        return y;
    }
}
