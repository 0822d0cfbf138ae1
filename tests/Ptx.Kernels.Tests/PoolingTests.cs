using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class PoolingTests
{
    private const float Epsilon = 1e-12f;

    public static TheoryData<string, int, int, int, bool, bool> Cases
    {
        get
        {
            TheoryData<string, int, int, int, bool, bool> cases = [];
            foreach (string kind in (string[])["First", "Mean", "Max"])
            {
                cases.Add(kind, 1, 1, 7, false, false);
                cases.Add(kind, 3, 5, 131, true, false);
                cases.Add(kind, 2, 9, 36, false, true);
                cases.Add(kind, 3, 4, 300, true, true);
            }

            return cases;
        }
    }

    /// <summary>Bounded rows are fewer than they may be; the last sequence of a mask is hidden.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void PoolingAndItsGradient(string name, int sequences, int length, int columns, bool isMasked, bool isBounded)
    {
        using var device = new Device();
        PoolingKind kind = Enum.Parse<PoolingKind>(name);
        int rows = sequences * length;
        PoolShape shape = new(isBounded ? Extent.UpTo(rows + (3 * sequences)) : Extent.Of(rows), sequences, columns, isMasked ? PoolMask.Given : PoolMask.None);
        float[] x = [.. Numbers.Random(1, rows * columns).Select(value => MathF.Round(value * 4))], dy = Numbers.Random(2, sequences * columns);
        int[] mask = [.. Numbers.Integers(3, rows, 2).Select((value, row) => isMasked ? row >= rows - length ? 0 : value : 1)];
        DeviceBuffer y = device.Unwritten(dy.Length), dx = device.Unwritten(x.Length), values = device.Of(x);
        object[] masks = isMasked ? [device.Of(mask)] : [], control = isBounded ? [device.Control((ControlField.Rows, rows))] : [];
        device.Run(PoolKernels.Forward(shape, kind), [values, .. masks, y, .. control]);
        object[] forward = kind == PoolingKind.Max ? [values, y] : [];
        device.Run(PoolKernels.Gradient(shape, kind), [device.Of(dy), .. masks, .. forward, dx, .. control]);

        double[] expected = new double[dy.Length], slopes = new double[x.Length];
        for (int i = 0; i < dy.Length; i++)
        {
            (int sequence, int column) = (i / columns, i % columns);
            int[] visible = [.. Enumerable.Range(sequence * length, length).Where(row => mask[row] != 0).Select(row => (row * columns) + column)];
            if (visible.Length == 0) continue;
            int best = kind == PoolingKind.Max ? visible.MaxBy(index => x[index]) : visible[0];
            expected[i] = kind == PoolingKind.Mean ? visible.Average(index => x[index]) : x[best];
            foreach (int index in visible) slopes[index] = kind == PoolingKind.Mean ? (double)dy[i] / visible.Length : index == best ? dy[i] : 0;
        }

        Numbers.Close(expected, y.Floats());
        Numbers.Close(slopes, dx.Floats());
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(5, 36)]
    [InlineData(3, 2049)]
    [InlineData(2, 2052)]
    public void RowsOfLengthOneAndTheirGradient(int rows, int columns)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, rows * columns), dy = [.. Numbers.Random(2, x.Length).Select(value => value * 1e-3f)], more = Numbers.Random(3, x.Length);
        Array.Clear(x, (rows - 1) * columns, columns);
        if (rows == 1) x[0] = 3;
        DeviceBuffer values = device.Of(x), y = device.Unwritten(x.Length), dx = device.Unwritten(x.Length), sum = device.Of(more), slopes = device.Of(dy);
        device.Run(NormalizeRowsKernels.Forward(Extent.Of(rows), columns, Epsilon), values, y);
        device.Run(NormalizeRowsKernels.Gradient(Extent.Of(rows), columns, Epsilon, Addend.None), slopes, values, dx);
        device.Run(NormalizeRowsKernels.Gradient(Extent.Of(rows), columns, Epsilon, Addend.Added), slopes, values, sum, sum);

        double[] expected = new double[x.Length], gradient = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int first = i / columns * columns;
            double square = Enumerable.Range(first, columns).Sum(j => (double)x[j] * x[j]), along = Enumerable.Range(first, columns).Sum(j => (double)x[j] * dy[j]);
            double length = Math.Max(Math.Sqrt(square), Epsilon);
            expected[i] = x[i] / length;
            gradient[i] = (dy[i] - (square == 0 ? 0 : x[i] * along / square)) / length;
        }

        Numbers.Close(expected, y.Floats(), 1e-6, 2e-6);
        Numbers.Close(gradient, dx.Floats(), 1e-8, 2e-5);
        Numbers.Close([.. gradient.Zip(more, (a, b) => a + b)], sum.Floats(), 1e-6, 2e-5);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(300, false)]
    [InlineData(257, true)]
    public void SpansAreTwoColumnsOneBehindTheOther(int rows, bool isBounded)
    {
        using var device = new Device();
        Extent extent = isBounded ? Extent.UpTo(512) : Extent.Of(rows);
        object[] control = isBounded ? [device.Control((ControlField.Rows, rows))] : [];
        float[] x = Numbers.Random(1, 2 * rows);
        DeviceBuffer values = device.Of(x), y = device.Unwritten(x.Length), back = device.Unwritten(x.Length);
        device.Run(SpanLogitsKernels.Forward(extent), [values, y, .. control]);
        device.Run(SpanLogitsKernels.Gradient(extent), [y, back, .. control]);
        Assert.Equal([.. x.Where((_, i) => i % 2 == 0), .. x.Where((_, i) => i % 2 == 1)], y.Floats());
        Assert.Equal(x, back.Floats());
    }
}
