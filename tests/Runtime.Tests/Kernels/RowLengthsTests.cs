using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class RowLengthsTests
{
    private const float Epsilon = 1e-12f;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void Rows_are_scaled(int rows)
    {
        CheckScale<D1>(rows);
        CheckScale<D7>(rows);
        CheckScale<D131>(rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(130)]
    public void Rows_are_brought_to_length_1(int rows)
    {
        CheckNormalize<D2>(rows);
        CheckNormalize<D7>(rows);
        CheckNormalize<D131>(rows);
    }

    [Fact]
    public void A_row_of_zeros_stays_and_its_gradient_is_divided_by_epsilon()
    {
        using KernelTest test = new();
        var x = test.Source([0f, 0, 0, 3, 0, -4]);
        var dy = test.Source([1e-12f, 0, -3e-12f, 10, 5, 0]);
        test.Check([0, 0, 0, 0.6, 0, -0.8], (team, y) => RowLengths.Normalize<D3, Chosen>(team, x, Epsilon, 2, y));
        test.Check([1, 0, -3, 1.28, 1, 0.96], (team, dx) => RowLengths.Gradient<D3, Chosen>(team, dy, x, default, Epsilon, 2, dx));
    }

    private static void CheckScale<TD>(int rows)
        where TD : struct, IDimension
    {
        using KernelTest test = new();
        var x = test.Source(rows * TD.Value, out double[] xs);
        var factors = test.Source(rows, out double[] scales);
        double[] expected = [.. xs.Select((value, i) => value * scales[i / TD.Value])];
        float[] source = Array.ConvertAll(xs, value => (float)value);
        test.Check(expected, (team, y) => RowLengths.Scale<TD, Chosen>(team, x, factors, rows, y));
        test.Check(expected, (team, y) =>
        {
            source.CopyTo(y.Span);
            RowLengths.Scale<TD>(team, y, factors, rows, y);
        });
    }

    private static void CheckNormalize<TD>(int rows)
        where TD : struct, IDimension
    {
        using KernelTest test = new();
        var x = test.Source(rows * TD.Value, out double[] xs);
        var dy = test.Source(rows * TD.Value, out double[] dys);
        var addend = test.Source(rows * TD.Value, out double[] addends);
        double[] expected = new double[xs.Length], dxs = new double[xs.Length];
        for (int start = 0; start < xs.Length; start += TD.Value)
        {
            double[] row = xs[start..(start + TD.Value)], incoming = dys[start..(start + TD.Value)];
            Normalized(row).CopyTo(expected, start);
            Reference.Gradient(values => Reference.Dot(Normalized(values), incoming), row).CopyTo(dxs, start);
        }

        float[] source = Array.ConvertAll(xs, value => (float)value), gradient = Array.ConvertAll(dys, value => (float)value);
        test.Check(expected, (team, y) => RowLengths.Normalize<TD, Chosen>(team, x, Epsilon, rows, y));
        test.Check(expected, (team, y) =>
        {
            source.CopyTo(y.Span);
            RowLengths.Normalize<TD>(team, y, Epsilon, rows, y);
        });
        test.Check(dxs, (team, dx) => RowLengths.Gradient<TD, Chosen>(team, dy, x, default, Epsilon, rows, dx), 1e-4);
        test.Check(Reference.Add(dxs, addends), (team, dx) => RowLengths.Gradient<TD, Chosen>(team, dy, x, addend, Epsilon, rows, dx), 1e-4);
        test.Check(dxs, (team, dx) =>
        {
            gradient.CopyTo(dx.Span);
            RowLengths.Gradient<TD>(team, dx, x, default, Epsilon, rows, dx);
        }, 1e-4);
    }

    private static double[] Normalized(double[] row)
    {
        double length = Math.Sqrt(Reference.Dot(row, row));
        return Array.ConvertAll(row, value => value / length);
    }
}
