using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class ConcatenationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void Columns_go_beside_each_other_and_back(int rows)
    {
        Check<D1, D7>(rows);
        Check<D64, D1>(rows);
        Check<D131, D17>(rows);
    }

    private static void Check<TA, TB>(int rows)
        where TA : struct, IDimension
        where TB : struct, IDimension
    {
        using KernelTest test = new();
        var a = test.Source(rows * TA.Value, out double[] first);
        var b = test.Source(rows * TB.Value, out double[] second);
        double[] ys = [.. Enumerable.Range(0, rows).SelectMany(row => first.Skip(row * TA.Value).Take(TA.Value).Concat(second.Skip(row * TB.Value).Take(TB.Value)))];
        var y = test.Source(ys);
        test.Check(ys, (team, result) => Concatenation.Forward<TA, TB, Chosen>(team, a, b, rows, result));
        test.Check(ys, (team, result) => Concatenation.Forward<TA, TB>(team, a, b, rows, result));
        test.Check([first, second], (team, results) => Concatenation.Gradient<TA, TB, Chosen>(team, y, rows, results[0], results[1]));
        test.Check([first, second], (team, results) => Concatenation.Gradient<TA, TB>(team, y, rows, results[0], results[1]));
    }
}
