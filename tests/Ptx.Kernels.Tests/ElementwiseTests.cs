using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class ElementwiseTests
{
    public static TheoryData<int, int> Shapes => new() { { 1, 1 }, { 1, 7 }, { 3, 8 }, { 5, 131 }, { 9, 128 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AddIsTheSum(int rows, int columns)
    {
        using var device = new Device();
        float[] a = Numbers.Random(1, rows * columns), b = Numbers.Random(2, rows * columns);
        DeviceBuffer y = device.Unwritten(a.Length);
        device.Run(ElementwiseKernels.Add(Extent.Of(rows), columns), device.Of(a), device.Of(b), y);
        Assert.Equal(a.Zip(b, (x, z) => x + z), y.Floats());
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ScaleMultipliesAndAddsInPlace(int rows, int columns)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, rows * columns), more = Numbers.Random(2, rows * columns);
        DeviceBuffer y = device.Unwritten(x.Length), inPlace = device.Of(more);
        device.Run(ElementwiseKernels.Scale(Extent.Of(rows), columns, 0.3f, Addend.None), device.Of(x), y);
        device.Run(ElementwiseKernels.Scale(Extent.Of(rows), columns, 0.3f, Addend.Added), device.Of(x), inPlace, inPlace);
        Assert.Equal(x.Select(value => value * 0.3f), y.Floats());
        Assert.Equal(x.Zip(more, (value, addend) => MathF.FusedMultiplyAdd(value, 0.3f, addend)), inPlace.Floats());
    }

    [Theory]
    [InlineData(5, 8, 3)]
    [InlineData(5, 7, 5)]
    [InlineData(6, 7, 1)]
    public void ABoundedCopyStopsAtTheRowsOfThePass(int most, int columns, int rows)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, most * columns);
        DeviceBuffer y = device.Unwritten(x.Length);
        device.Run(ElementwiseKernels.Copy(Extent.UpTo(most), columns), device.Of(x), y, device.Control((ControlField.Rows, rows)));
        Assert.Equal(x.Select((value, i) => i < rows * columns ? value : float.NaN), y.Floats());
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void RowsAreScaledEachByItsFactor(int rows, int columns)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, rows * columns), factors = Numbers.Random(2, rows);
        DeviceBuffer y = device.Of(x);
        device.Run(RowKernels.ScaleRows(Extent.Of(rows), columns), y, device.Of(factors), y);
        Assert.Equal(x.Select((value, i) => value * factors[i / columns]), y.Floats());
    }

    [Theory]
    [InlineData(7, 5)]
    [InlineData(4, 8)]
    [InlineData(131, 1)]
    public void ColumnsStandBesideEachOtherAndComeApart(int aColumns, int bColumns)
    {
        const int rows = 3;
        using var device = new Device();
        float[] a = Numbers.Random(1, rows * aColumns), b = Numbers.Random(2, rows * bColumns);
        DeviceBuffer y = device.Unwritten(rows * (aColumns + bColumns)), da = device.Unwritten(a.Length), db = device.Unwritten(b.Length);
        device.Run(RowKernels.Concatenate(Extent.Of(rows), aColumns, bColumns), device.Of(a), device.Of(b), y);
        Assert.Equal(Enumerable.Range(0, rows).SelectMany(r => a.Skip(r * aColumns).Take(aColumns).Concat(b.Skip(r * bColumns).Take(bColumns))), y.Floats());
        device.Run(RowKernels.ConcatenateGradient(Extent.Of(rows), aColumns, bColumns), y, da, db);
        Assert.Equal(a, da.Floats());
        Assert.Equal(b, db.Floats());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(260)]
    public void TheRowOfTheControlBlockIsSelected(int columns)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, 4 * columns);
        DeviceBuffer y = device.Unwritten(columns);
        device.Run(RowKernels.SelectRow(columns), device.Of(x), y, device.Control((ControlField.SelectedRow, 2)));
        Assert.Equal(x.Skip(2 * columns).Take(columns), y.Floats());
    }
}
