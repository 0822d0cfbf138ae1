using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class NormTests
{
    private const float Epsilon = 1e-5f;

    public static TheoryData<int, int> Shapes => new() { { 1, 7 }, { 5, 36 }, { 9, 131 }, { 3, 768 }, { 2, 2052 }, { 2, 2049 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LayerNormAndItsGradients(int rows, int columns)
    {
        using var device = new Device();
        NormShape shape = new(Extent.Of(rows), columns);
        float[] x = Numbers.Random(1, rows * columns), w = Numbers.Random(2, columns), b = Numbers.Random(3, columns), dy = Numbers.Random(4, x.Length), more = Numbers.Random(5, x.Length);
        DeviceBuffer dx = device.Of(x), y = device.Unwritten(x.Length), plain = device.Unwritten(x.Length), mean = device.Unwritten(rows), reciprocal = device.Unwritten(rows);
        DeviceBuffer weight = device.Of(w), bias = device.Of(b), slopes = device.Of(dy), addend = device.Of(more), result = device.Unwritten(x.Length);
        device.Run(NormKernels.LayerNorm(shape, Epsilon, NormStatistics.Kept), dx, weight, bias, y, mean, reciprocal);
        device.Run(NormKernels.LayerNorm(shape, Epsilon, NormStatistics.Dropped), dx, weight, bias, plain);
        device.Run(NormKernels.LayerNormInputGradient(shape, Addend.None), slopes, dx, weight, mean, reciprocal, result);
        device.Run(NormKernels.LayerNormInputGradient(shape, Addend.Added), slopes, dx, weight, mean, reciprocal, addend, addend);

        var reference = LayerNormReference.Of(rows, columns, x, w, b, dy);
        Numbers.Close(reference.Y, y.Floats(), 3e-6, 3e-6);
        Assert.Equal(y.Floats(), plain.Floats());
        Numbers.Close(reference.Dx, result.Floats(), 5e-6, 5e-6);
        Numbers.Close([.. reference.Dx.Zip(more, (a, c) => a + c)], addend.Floats(), 5e-6, 5e-6);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(9, 131)]
    [InlineData(300, 33)]
    [InlineData(513, 40)]
    public void ParameterGradientsAreSumsOverTheRows(int rows, int columns)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, rows * columns), dy = Numbers.Random(4, x.Length), means = Numbers.Random(5, rows), reciprocals = Numbers.Random(6, rows);
        float[] before = Numbers.Random(7, columns), biasBefore = Numbers.Random(8, columns);
        double[] dw = new double[columns], db = new double[columns], rms = new double[columns];
        for (int i = 0; i < x.Length; i++)
        {
            dw[i % columns] += (double)dy[i] * (x[i] - means[i / columns]) * reciprocals[i / columns];
            rms[i % columns] += (double)dy[i] * x[i] * reciprocals[i / columns];
            db[i % columns] += dy[i];
        }

        DeviceBuffer xs = device.Of(x), dys = device.Of(dy), mean = device.Of(means), reciprocal = device.Of(reciprocals);
        double tolerance = 3e-7 * rows;
        Numbers.Close(db, Run(device, ColumnTerms.Bias, rows, columns, [dys], [])[0], tolerance);
        Numbers.Close([.. db.Zip(biasBefore, (a, c) => a + c)], Run(device, ColumnTerms.Bias, rows, columns, [dys], [biasBefore])[0], tolerance);
        Numbers.Close(rms, Run(device, ColumnTerms.RmsNorm, rows, columns, [dys, xs, reciprocal], [])[0], 4 * tolerance);
        float[][] both = Run(device, ColumnTerms.LayerNorm, rows, columns, [dys, xs, mean, reciprocal], [before, biasBefore]);
        Numbers.Close([.. dw.Zip(before, (a, c) => a + c)], both[0], 8 * tolerance);
        Numbers.Close([.. db.Zip(biasBefore, (a, c) => a + c)], both[1], tolerance);

        DeviceBuffer later = device.Of(biasBefore), first = device.Unwritten(columns);
        RunStages(device, ColumnTerms.Bias, rows, columns, Addend.Accumulated, [dys], [later, device.Control((ControlField.AccumulationIsOn, 1))]);
        RunStages(device, ColumnTerms.Bias, rows, columns, Addend.Accumulated, [dys], [first, device.Control((ControlField.AccumulationIsOn, 0))]);
        Numbers.Close([.. db.Zip(biasBefore, (a, c) => a + c)], later.Floats(), tolerance);
        Numbers.Close(db, first.Floats(), tolerance);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void RmsNormAndItsGradient(float offset)
    {
        foreach (object[] row in Shapes) CheckRmsNorm((int)row[0], (int)row[1], offset);
    }

    private static void CheckRmsNorm(int rows, int columns, float offset)
    {
        using var device = new Device();
        NormShape shape = new(Extent.Of(rows), columns);
        float[] x = Numbers.Random(1, rows * columns), w = Numbers.Random(2, columns), dy = Numbers.Random(4, x.Length), more = Numbers.Random(5, x.Length);
        DeviceBuffer xs = device.Of(x), y = device.Unwritten(x.Length), reciprocal = device.Unwritten(rows), weight = device.Of(w), slopes = device.Of(dy), addend = device.Of(more);
        device.Run(NormKernels.RmsNorm(shape, Epsilon, offset, NormStatistics.Kept), xs, weight, y, reciprocal);
        device.Run(NormKernels.RmsNormInputGradient(shape, offset, Addend.Added), slopes, xs, weight, reciprocal, addend, addend);
        device.Run(NormKernels.RmsNormInputGradient(shape, offset, Addend.None), slopes, xs, weight, reciprocal, slopes);

        var expectedY = new double[x.Length];
        var expectedDx = new double[x.Length];
        for (int row = 0; row < rows; row++)
        {
            int start = row * columns;
            double square = 0, along = 0;
            for (int c = 0; c < columns; c++)
            {
                square += (double)x[start + c] * x[start + c];
                along += (double)dy[start + c] * (w[c] + offset) * x[start + c];
            }

            double r = 1 / Math.Sqrt((square / columns) + Epsilon);
            for (int c = 0; c < columns; c++)
            {
                expectedY[start + c] = x[start + c] * r * (w[c] + offset);
                expectedDx[start + c] = r * ((dy[start + c] * (w[c] + offset)) - (x[start + c] * r * r * along / columns));
            }
        }

        Numbers.Close(expectedY, y.Floats(), 3e-6, 3e-6);
        Numbers.Close(expectedDx, slopes.Floats(), 5e-6, 5e-6);
        Numbers.Close([.. expectedDx.Zip(more, (a, c) => a + c)], addend.Floats(), 5e-6, 5e-6);
    }

    /// <summary>The sums of all outputs, with the addends' values before.</summary>
    private static float[][] Run(Device device, ColumnTerms terms, int rows, int columns, DeviceBuffer[] inputs, float[][] addends)
    {
        DeviceBuffer[] added = [.. addends.Select(device.Of)];
        DeviceBuffer[] outputs = addends.Length > 0 ? added : [.. terms.Outputs.Select(_ => device.Unwritten(columns))];
        RunStages(device, terms, rows, columns, addends.Length > 0 ? Addend.Added : Addend.None, inputs, [.. added, .. outputs]);
        return [.. outputs.Select(output => output.Floats())];
    }

    /// <summary>One stage, or two with the partial sums between them.</summary>
    private static void RunStages(Device device, ColumnTerms terms, int rows, int columns, Addend addend, DeviceBuffer[] inputs, DeviceBuffer[] outputs)
    {
        IReadOnlyList<PtxKernel> kernels = ColumnSumKernels.Of(terms, rows, columns, AddedOutputs.Of(terms.Outputs.Select(_ => addend)));
        if (kernels.Count == 1)
        {
            device.Run(kernels[0], [.. inputs, .. outputs]);
            return;
        }

        DeviceBuffer partials = device.Unwritten((int)ColumnSumKernels.WorkspaceFloats(terms, rows, columns));
        device.Run(kernels[0], [.. inputs, partials]);
        device.Run(kernels[1], [partials, .. outputs]);
    }

    private sealed record LayerNormReference(double[] Y, double[] Dx)
    {
        public static LayerNormReference Of(int rows, int columns, float[] x, float[] w, float[] b, float[] dy)
        {
            var result = new LayerNormReference(new double[x.Length], new double[x.Length]);
            for (int row = 0; row < rows; row++)
            {
                int start = row * columns;
                double mean = Enumerable.Range(0, columns).Average(c => (double)x[start + c]);
                double r = 1 / Math.Sqrt(Enumerable.Range(0, columns).Average(c => (x[start + c] - mean) * (x[start + c] - mean)) + Epsilon);
                double shift = Enumerable.Range(0, columns).Average(c => (double)dy[start + c] * w[c]);
                double along = Enumerable.Range(0, columns).Average(c => (double)dy[start + c] * w[c] * (x[start + c] - mean) * r);
                for (int c = 0; c < columns; c++)
                {
                    double normalised = (x[start + c] - mean) * r;
                    result.Y[start + c] = (normalised * w[c]) + b[c];
                    result.Dx[start + c] = r * ((dy[start + c] * w[c]) - shift - (normalised * along));
                }
            }

            return result;
        }
    }
}
