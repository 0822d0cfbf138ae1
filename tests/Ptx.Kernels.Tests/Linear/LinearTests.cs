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
        LinearCheck.Forward(rows, inputs, outputs, LinearBias.None, null, Addend.None, new TileShape(16, 64, 4, 4));

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameProduct(int tile) =>
        LinearCheck.Forward(131, 36, 133, LinearBias.Added, Activation.Relu, Addend.Added, TileShape.All[tile]);

    [Theory]
    [InlineData(1, 7, 20)]
    [InlineData(1, 300, 131)]
    [InlineData(2, 256, 48)]
    [InlineData(8, 131, 16)]
    [InlineData(5, 64, 8200)]
    public void AFewRowsStreamTheWeightOnce(int rows, int inputs, int outputs)
    {
        LinearCheck.Forward(rows, inputs, outputs, LinearBias.None, null, Addend.None, null);
        LinearCheck.Forward(rows, inputs, outputs, LinearBias.Added, Activation.Tanh, Addend.Added, null);
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
        LinearCheck.InputGradient(rows, inputs, outputs, Addend.None, new TileShape(16, 64, 4, 4));
        LinearCheck.InputGradient(rows, inputs, outputs, Addend.Added, new TileShape(16, 64, 4, 4));
    }

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameInputGradient(int tile) => LinearCheck.InputGradient(130, 131, 36, Addend.Added, TileShape.All[tile]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheWeightGradientReadsAndWritesPanels(int rows, int inputs, int outputs)
    {
        LinearCheck.WeightGradient(rows, inputs, outputs, Addend.None, new TileShape(16, 64, 4, 4));
        LinearCheck.WeightGradient(rows, inputs, outputs, Addend.Added, new TileShape(16, 64, 4, 4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void LaterMicroBatchesAreAddedToEarlierOnes(int isLater) => LinearCheck.WeightGradient(19, 36, 20, Addend.Accumulated, new TileShape(16, 64, 4, 4), isLater);

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameWeightGradient(int tile) => LinearCheck.WeightGradient(37, 132, 130, Addend.Added, TileShape.All[tile]);

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
        Assert.Equal(LinearCheck.InPanels(x, rows, columns), panels.Floats());
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
}
