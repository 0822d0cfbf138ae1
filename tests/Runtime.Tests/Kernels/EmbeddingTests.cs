using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Kernels;

public sealed class EmbeddingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void Rows_come_from_the_table(int rows)
    {
        CheckForward<D5, D7, RowMajor>(rows, 1);
        CheckForward<D131, D64, RowMajor>(rows, 8);
        CheckForward<D5, D7, Panels>(rows, 8);
        CheckForward<D131, D64, Panels>(rows, 1);
        CheckForward<D131, D131, Panels>(rows, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void Gradients_are_summed_where_indices_repeat(int rows)
    {
        CheckGradient<D5, D7, RowMajor>(rows, 1);
        CheckGradient<D384, D131, RowMajor>(rows, 3);
        CheckGradient<D5, D7, Panels>(rows, 3);
        CheckGradient<D131, D64, Panels>(rows, 1);
        CheckGradient<D384, D131, Panels>(rows, 1);
    }

    private static void CheckForward<TV, TD, TLayout>(int rows, float scale)
        where TV : struct, IDimension
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout
    {
        using KernelTest test = new();
        int[] indices = test.RandomIndices(rows, TV.Value);
        var index = test.Indices(indices);
        test.Source(TV.Value * TD.Value, out double[] table);
        var stored = test.Source(Stored<TV, TD, TLayout>(table));
        var addend = test.Source(rows * TD.Value, out double[] addends);
        double[] expected = new double[rows * TD.Value];
        for (int i = 0; i < expected.Length; i++) expected[i] = scale * table[(indices[i / TD.Value] * TD.Value) + (i % TD.Value)];

        test.Check(expected, (team, y) => Embedding.Forward<TD, TLayout, Chosen>(team, index, stored, scale, default, rows, y));
        test.Check(Reference.Add(expected, addends), (team, y) => Embedding.Forward<TD, TLayout, Chosen>(team, index, stored, scale, addend, rows, y));
    }

    private static void CheckGradient<TV, TD, TLayout>(int rows, float scale)
        where TV : struct, IDimension
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout
    {
        using KernelTest test = new();
        int[] indices = test.RandomIndices(rows, TV.Value);
        indices[^1] = TV.Value - 1;
        var index = test.Indices(indices);
        var dy = test.Source(rows * TD.Value, out double[] dys);
        test.Source(TV.Value * TD.Value, out double[] addends);
        double[] storedAddends = Stored<TV, TD, TLayout>(addends);
        var addend = test.Source(storedAddends);
        double[] table = new double[TV.Value * TD.Value];
        for (int i = 0; i < dys.Length; i++) table[(indices[i / TD.Value] * TD.Value) + (i % TD.Value)] += scale * dys[i];
        double[] expected = Stored<TV, TD, TLayout>(table);
        double[] sum = Reference.Add(expected, storedAddends);

        test.Check(expected, (team, d) => Embedding.Gradient<TV, TD, TLayout, Chosen>(team, index, dy, scale, -1, default, rows, d));
        test.Check(sum, (team, d) => Embedding.Gradient<TV, TD, TLayout, Chosen>(team, index, dy, scale, -1, addend, rows, d));
        double[] without = [.. table];
        without.AsSpan((TV.Value - 1) * TD.Value, TD.Value).Clear();
        test.Check(Stored<TV, TD, TLayout>(without), (team, d) => Embedding.Gradient<TV, TD, TLayout, Chosen>(team, index, dy, scale, TV.Value - 1, default, rows, d));
        float[] before = Array.ConvertAll(storedAddends, v => (float)v);
        test.Check(sum, (team, d) =>
        {
            before.CopyTo(d.Span);
            Embedding.Gradient<TV, TD, TLayout, Chosen>(team, index, dy, scale, -1, d, rows, d);
        });
    }

    /// <summary>The table as it lies in memory; pad rows are zero.</summary>
    private static double[] Stored<TV, TD, TLayout>(double[] table)
        where TV : struct, IDimension
        where TD : struct, IDimension
        where TLayout : struct, ITableLayout
    {
        if (typeof(TLayout) == typeof(RowMajor)) return table;
        double[] stored = new double[(TV.Value + 15) / 16 * 16 * TD.Value];
        for (int n = 0; n < TV.Value; n++)
        {
            for (int k = 0; k < TD.Value; k++) stored[((((n / 16) * TD.Value) + k) * 16) + (n % 16)] = table[(n * TD.Value) + k];
        }

        return stored;
    }
}
