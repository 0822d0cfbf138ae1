using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class PoolingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(3, 5)]
    [InlineData(5, 200)]
    public void Pools_agree_with_the_reference(int sequences, int length)
    {
        Check<D1>(sequences, length);
        Check<D7>(sequences, length);
        Check<D64>(sequences, length);
        Check<D131>(sequences, length);
    }

    [Fact]
    public void Tiles_are_spread_over_threads() => Check<D2048>(4, 70);

    [Fact]
    public void The_gradient_of_a_maximum_goes_to_the_first_row_that_has_it()
    {
        using KernelTest test = new();
        var x = test.Source([1f, 4, 3, 4, 3, 4, 3, 0]);
        var y = test.Source([3f, 4]);
        var dy = test.Source([10f, 20]);
        var mask = test.Indices([0, 1, 1, 1]);
        test.Check([0, 0, 10, 20, 0, 0, 0, 0], (team, dx) => Pooling.Gradient<D2, Pooling.MaxRow, Chosen>(team, dy, mask, x, y, 1, 4, dx));
    }

    [Fact]
    public void Public_entries_are_the_same_kernels()
    {
        using KernelTest test = new();
        var x = test.Source([1f, 2, 5, 4, 3, 9]);
        var y = test.Source([5f, 9]);
        var dy = test.Source([3f, 6]);
        test.Check([1, 2], (team, pooled) => Pooling.First<D2>(team, x, default, 1, 3, pooled));
        test.Check([3, 5], (team, pooled) => Pooling.Mean<D2>(team, x, default, 1, 3, pooled));
        test.Check([5, 9], (team, pooled) => Pooling.Max<D2>(team, x, default, 1, 3, pooled));
        test.Check([3, 6, 0, 0, 0, 0], (team, dx) => Pooling.FirstGradient<D2>(team, dy, default, 1, 3, dx));
        test.Check([1, 2, 1, 2, 1, 2], (team, dx) => Pooling.MeanGradient<D2>(team, dy, default, 1, 3, dx));
        test.Check([0, 0, 3, 0, 0, 6], (team, dx) => Pooling.MaxGradient<D2>(team, dy, default, x, y, 1, 3, dx));
    }

    private static void Check<TD>(int sequences, int length)
        where TD : struct, IDimension
    {
        using KernelTest test = new();
        int rows = sequences * length;
        int[] masked = test.RandomIndices(rows, 2);
        masked.AsSpan((sequences - 1) * length, length).Clear();
        foreach (int[]? mask in (int[]?[])[null, masked])
        {
            CheckPool<TD, Pooling.FirstRow>(test, mask, sequences, length, values => [1, .. new double[values.Length - 1]]);
            CheckPool<TD, Pooling.MeanRow>(test, mask, sequences, length, values => [.. values.Select(_ => 1.0 / values.Length)]);
            CheckPool<TD, Pooling.MaxRow>(test, mask, sequences, length, values => [.. values.Select((_, i) => i == Array.IndexOf(values, values.Max()) ? 1.0 : 0)]);
        }
    }

    /// <param name="test">The operands.</param>
    /// <param name="mask">[rows], or null for none.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="length">Rows of each.</param>
    /// <param name="shares">How much of each visible value of a column is in the result.</param>
    private static void CheckPool<TD, TPool>(KernelTest test, int[]? mask, int sequences, int length, Func<double[], double[]> shares)
        where TD : struct, IDimension
        where TPool : struct, Pooling.IPool
    {
        int d = TD.Value, rows = sequences * length;
        var x = test.Source(rows * d, out double[] xs);
        var dy = test.Source(sequences * d, out double[] dys);
        var visible = mask is null ? default : test.Indices(mask);
        double[] ys = new double[sequences * d], dxs = new double[rows * d];
        for (int i = 0; i < ys.Length; i++)
        {
            (int sequence, int column) = int.DivRem(i, d);
            int[] places = [.. Enumerable.Range(sequence * length, length).Where(row => mask is null || mask[row] != 0).Select(row => (row * d) + column)];
            if (places.Length == 0) continue;
            double[] share = shares([.. places.Select(place => xs[place])]);
            for (int k = 0; k < places.Length; k++)
            {
                ys[i] += share[k] * xs[places[k]];
                dxs[places[k]] = share[k] * dys[i];
            }
        }

        test.Check(ys, (team, y) => Pooling.Forward<TD, TPool, Chosen>(team, x, visible, sequences, rows, y));
        var pooled = test.Source(ys);
        test.Check(dxs, (team, dx) => Pooling.Gradient<TD, TPool, Chosen>(team, dy, visible, x, pooled, sequences, rows, dx));
    }
}
