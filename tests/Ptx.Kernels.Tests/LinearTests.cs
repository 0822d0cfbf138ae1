using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class LinearTests
{
    /// <summary>Rows, inputs, outputs: whole tiles, tiles with edges on every side, one of everything.</summary>
    public static TheoryData<int, int, int> Shapes => new() { { 16, 16, 16 }, { 1, 1, 1 }, { 17, 7, 131 }, { 19, 36, 20 }, { 33, 52, 67 }, { 9, 131, 48 } };

    public static TheoryData<int> Tiles
    {
        get
        {
            var data = new TheoryData<int>();
            for (int tile = 0; tile < TileShape.All.Count; tile++) data.Add(tile);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ForwardMultipliesPanels(int rows, int inputs, int outputs) =>
        CheckForward(rows, inputs, outputs, LinearBias.None, null, Addend.None, new TileShape(16, 64, 4, 4));

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameProduct(int tile) =>
        CheckForward(131, 36, 133, LinearBias.Added, Activation.Relu, Addend.Added, TileShape.All[tile]);

    [Theory]
    [InlineData(1, 7, 20)]
    [InlineData(1, 300, 131)]
    [InlineData(2, 256, 48)]
    [InlineData(8, 131, 16)]
    [InlineData(5, 64, 8200)]
    public void AFewRowsStreamTheWeightOnce(int rows, int inputs, int outputs)
    {
        CheckForward(rows, inputs, outputs, LinearBias.None, null, Addend.None, null);
        CheckForward(rows, inputs, outputs, LinearBias.Added, Activation.Tanh, Addend.Added, null);
    }

    [Theory]
    [InlineData(40, 17)]
    [InlineData(8, 3)]
    public void RowsPastThoseOfThePassAreNotWritten(int most, int rows)
    {
        const int inputs = 20, outputs = 24;
        using var device = new Device();
        float[] x = Numbers.Random(1, most * inputs), weight = Numbers.Random(2, outputs * inputs);
        DeviceBuffer y = device.Unwritten(most * outputs);
        PtxKernel kernel = LinearKernels.Forward(new(Extent.UpTo(most), inputs, outputs), LinearBias.None, null, Addend.None);
        device.Run(kernel, device.Of(x), device.Of(Numbers.Panels(weight, outputs, inputs)), y, device.Control((ControlField.Rows, rows)));
        double[] expected = Numbers.Product(rows, inputs, outputs, (r, k) => x[(r * inputs) + k], (k, n) => weight[(n * inputs) + k]);
        Numbers.Close(expected, y.Floats()[..expected.Length], 1e-5);
        Assert.All(y.Floats()[expected.Length..], value => Assert.Equal(float.NaN, value));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheInputGradientReadsPanelsAcross(int rows, int inputs, int outputs)
    {
        CheckInputGradient(rows, inputs, outputs, Addend.None, new TileShape(16, 64, 4, 4));
        CheckInputGradient(rows, inputs, outputs, Addend.Added, new TileShape(16, 64, 4, 4));
    }

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameInputGradient(int tile) => CheckInputGradient(130, 131, 36, Addend.Added, TileShape.All[tile]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheWeightGradientReadsAndWritesPanels(int rows, int inputs, int outputs)
    {
        CheckWeightGradient(rows, inputs, outputs, Addend.None, new TileShape(16, 64, 4, 4));
        CheckWeightGradient(rows, inputs, outputs, Addend.Added, new TileShape(16, 64, 4, 4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void LaterMicroBatchesAreAddedToEarlierOnes(int isLater) => CheckWeightGradient(19, 36, 20, Addend.Accumulated, new TileShape(16, 64, 4, 4), isLater);

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameWeightGradient(int tile) => CheckWeightGradient(37, 132, 130, Addend.Added, TileShape.All[tile]);

    [Theory]
    [InlineData(3, 7)]
    [InlineData(5, 36)]
    [InlineData(2, 32)]
    public void PanelsAreCopiesWithZerosBehind(int rows, int columns)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, rows * columns);
        DeviceBuffer panels = device.Unwritten((columns + 15) / 16 * 16 * rows);
        device.Run(PanelCopyKernel.Of(Extent.Of(rows), columns), device.Of(x), panels);
        Assert.Equal(InPanels(x, rows, columns), panels.Floats());
    }

    [Theory]
    [InlineData(1024, 768, 3072, 128, 128)]
    [InlineData(64, 768, 768, 16, 64)]
    [InlineData(256, 768, 3072, 64, 64)]
    public void TilesAreAsLargeAsTheBlocksThatADeviceNeedsAllow(int rows, int inputs, int outputs, int tileRows, int tileColumns)
    {
        var tile = TileShape.For(rows, outputs);
        Assert.Equal((tileRows, tileColumns), (tile.Rows, tile.Columns));
        Assert.NotEqual(0, inputs);
    }

    private static void CheckForward(int rows, int inputs, int outputs, LinearBias bias, Activation? activation, Addend addend, TileShape? tile)
    {
        using var device = new Device();
        float[] x = Numbers.Random(1, rows * inputs), weight = Numbers.Random(2, outputs * inputs), b = Numbers.Random(3, outputs), more = Numbers.Random(4, rows * outputs);
        List<object> arguments = [device.Of(x), device.Of(Numbers.Panels(weight, outputs, inputs))];
        DeviceBuffer y = addend == Addend.Added ? device.Of(more) : device.Unwritten(more.Length);
        if (bias == LinearBias.Added) arguments.Add(device.Of(b));
        if (addend == Addend.Added) arguments.Add(y);
        device.Run(LinearKernels.Forward(new(Extent.Of(rows), inputs, outputs), bias, activation, addend, tile), [.. arguments, y]);

        double[] expected = Numbers.Product(rows, inputs, outputs, (r, k) => x[(r * inputs) + k], (k, n) => weight[(n * inputs) + k]);
        for (int i = 0; i < expected.Length; i++)
        {
            if (bias == LinearBias.Added) expected[i] += b[i % outputs];
            if (activation == Activation.Relu) expected[i] = Math.Max(0, expected[i]);
            if (activation == Activation.Tanh) expected[i] = Math.Tanh(expected[i]);
            if (addend == Addend.Added) expected[i] += more[i];
        }

        Numbers.Close(expected, y.Floats(), Tolerance(inputs));
    }

    private static void CheckInputGradient(int rows, int inputs, int outputs, Addend addend, TileShape tile)
    {
        using var device = new Device();
        float[] dy = Numbers.Random(1, rows * outputs), weight = Numbers.Random(2, outputs * inputs), more = Numbers.Random(4, rows * inputs);
        List<object> arguments = [device.Of(dy), device.Of(Numbers.Panels(weight, outputs, inputs))];
        DeviceBuffer dx = addend == Addend.Added ? device.Of(more) : device.Unwritten(more.Length);
        if (addend == Addend.Added) arguments.Add(dx);
        device.Run(LinearKernels.InputGradient(new(Extent.Of(rows), inputs, outputs), addend, tile), [.. arguments, dx]);
        double[] expected = Numbers.Product(rows, outputs, inputs, (r, n) => dy[(r * outputs) + n], (n, k) => weight[(n * inputs) + k]);
        if (addend == Addend.Added) expected = [.. expected.Zip(more, (a, c) => a + c)];
        Numbers.Close(expected, dx.Floats(), Tolerance(outputs));
    }

    private static void CheckWeightGradient(int rows, int inputs, int outputs, Addend addend, TileShape tile, int isLater = 0)
    {
        using var device = new Device();
        float[] dy = Numbers.Random(1, rows * outputs), x = Numbers.Random(2, rows * inputs), more = Numbers.Panels(Numbers.Random(4, outputs * inputs), outputs, inputs);
        List<object> arguments = [device.Of(dy), device.Of(InPanels(x, rows, inputs))];
        bool isAdded = addend == Addend.Added || isLater == 1;
        DeviceBuffer dWeight = isAdded ? device.Of(more) : device.Unwritten(more.Length);
        if (addend == Addend.Added) arguments.Add(dWeight);
        arguments.Add(dWeight);
        if (addend == Addend.Accumulated) arguments.Add(device.Control((ControlField.AccumulationIsOn, isLater)));
        device.Run(LinearKernels.WeightGradient(new(Extent.Of(rows), inputs, outputs), addend, tile), [.. arguments]);
        var expected = new double[more.Length];
        double[] product = Numbers.Product(outputs, rows, inputs, (n, r) => dy[(r * outputs) + n], (r, k) => x[(r * inputs) + k]);
        for (int i = 0; i < product.Length; i++) expected[Numbers.PanelIndex(i / inputs, i % inputs, inputs)] = product[i];
        if (isAdded) expected = [.. expected.Zip(more, (a, c) => a + c)];
        Numbers.Close(expected, dWeight.Floats(), Tolerance(rows));
    }

    /// <summary>Terms below 4 and sums below 4 · √depth · 3, each of depth roundings of half a unit.</summary>
    private static double Tolerance(int depth) => 1e-6 + (6e-8 * depth * 4);

    private static float[] InPanels(float[] x, int rows, int columns)
    {
        var panels = new float[(columns + 15) / 16 * 16 * rows];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) panels[(((column / 16 * rows) + row) * 16) + (column % 16)] = x[(row * columns) + column];
        }

        return panels;
    }
}
