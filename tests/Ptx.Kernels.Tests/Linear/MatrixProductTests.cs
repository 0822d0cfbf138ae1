using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>Products on tensor cores: every form, precision and tile, with edges on every side.</summary>
public sealed class MatrixProductTests
{
    /// <summary>Rows, inputs, outputs: whole tiles, one of everything, odd numbers of each, copies of 16 bytes with edges and without.</summary>
    private static readonly (int Rows, int Inputs, int Outputs)[] Shapes =
        [(64, 64, 64), (1, 1, 1), (17, 7, 131), (19, 36, 20), (65, 51, 67), (70, 131, 68), (33, 200, 48)];

    private static readonly string[] Precisions = [nameof(Precision.Tf32), nameof(Precision.BFloat16)];

    public static TheoryData<string, int, int, int> Products
    {
        get
        {
            var data = new TheoryData<string, int, int, int>();
            foreach (string precision in Precisions)
            {
                foreach ((int rows, int inputs, int outputs) in Shapes) data.Add(precision, rows, inputs, outputs);
            }

            return data;
        }
    }

    public static TheoryData<string, int> Tiles
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string precision in Precisions)
            {
                for (int tile = 0; tile < Tilings(precision).Count; tile++) data.Add(precision, tile);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void ForwardMultipliesPanels(string precision, int rows, int inputs, int outputs)
    {
        LinearCheck.Forward(rows, inputs, outputs, LinearBias.None, null, Addend.None, Tilings(precision)[^1]);
        LinearCheck.Forward(rows, inputs, outputs, LinearBias.Added, Activation.Tanh, Addend.Added, Tilings(precision)[^1]);
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void TheInputGradientReadsPanelsAcross(string precision, int rows, int inputs, int outputs)
    {
        LinearCheck.InputGradient(rows, inputs, outputs, Addend.None, Tilings(precision)[^1]);
        LinearCheck.InputGradient(rows, inputs, outputs, Addend.Added, Tilings(precision)[^1]);
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void TheWeightGradientReadsAndWritesPanels(string precision, int rows, int inputs, int outputs)
    {
        LinearCheck.WeightGradient(rows, inputs, outputs, Addend.None, Tilings(precision)[^1]);
        LinearCheck.WeightGradient(rows, inputs, outputs, Addend.Accumulated, Tilings(precision)[^1], isLater: 1);
    }

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameProduct(string precision, int tile) =>
        LinearCheck.Forward(131, 36, 133, LinearBias.Added, Activation.Relu, Addend.Added, Tilings(precision)[tile]);

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameInputGradient(string precision, int tile) =>
        LinearCheck.InputGradient(130, 131, 36, Addend.Added, Tilings(precision)[tile]);

    [Theory]
    [MemberData(nameof(Tiles))]
    public void EveryTileGivesTheSameWeightGradient(string precision, int tile) =>
        LinearCheck.WeightGradient(37, 132, 130, Addend.Added, Tilings(precision)[tile]);

    [Theory]
    [InlineData("Tf32", 40, 17)]
    [InlineData("BFloat16", 200, 64)]
    public void RowsPastThoseOfThePassAreNotWritten(string precision, int most, int rows)
    {
        const int inputs = 20, outputs = 24;
        using var device = new Device();
        float[] x = Numbers.Random(1, most * inputs), weight = Numbers.Random(2, outputs * inputs);
        DeviceBuffer y = device.Unwritten(most * outputs);
        LinearShape shape = new(Extent.UpTo(most), inputs, outputs, Enum.Parse<Precision>(precision));
        MatrixTile tile = Tilings(precision)[0];
        DeviceBuffer control = device.Control((ControlField.Rows, rows)), left = Factors.Rows(device, tile, x, shape.Rows, inputs, control);
        device.Run(LinearKernels.Forward(shape, LinearBias.None, null, Addend.None), left, Factors.Weight(device, tile, weight, outputs, inputs), y, control);
        RoundedFactors factors = RoundedFactors.Of(tile, inputs).First();
        double[] expected = Numbers.Product(rows, inputs, outputs, (r, k) => factors.Round(x[(r * inputs) + k]), (k, n) => factors.Round(weight[(n * inputs) + k]));
        Numbers.Close(expected, y.Floats()[..expected.Length], factors.Tolerance);
        Assert.All(y.Floats()[expected.Length..], value => Assert.Equal(float.NaN, value));
    }

    /// <summary>Whatever the order in which warps run, and in whichever tile an element is.</summary>
    [Theory]
    [InlineData("Tf32")]
    [InlineData("BFloat16")]
    public void ResultsRepeatBitByBit(string precision)
    {
        float[][] results = [.. Tilings(precision).SelectMany(tile => Enumerable.Range(1, 3).Select(seed => Product(tile, seed)))];
        Assert.All(results, result => Assert.Equal(results[0], result));

        static float[] Product(MatrixTile tile, int seed)
        {
            const int rows = 70, inputs = 100, outputs = 68;
            using var device = new Device(seed);
            DeviceBuffer y = device.Unwritten(rows * outputs);
            PtxKernel kernel = LinearKernels.Forward(new(Extent.Of(rows), inputs, outputs, tile.Precision), LinearBias.None, null, Addend.None, tile);
            DeviceBuffer x = Factors.Rows(device, tile, Numbers.Random(1, rows * inputs), Extent.Of(rows), inputs);
            device.Run(kernel, x, Factors.Weight(device, tile, Numbers.Random(2, outputs * inputs), outputs, inputs), y);
            return y.Floats();
        }
    }

    [Theory]
    [InlineData("Tf32", 8192, 3072, 128, 128)]
    [InlineData("BFloat16", 512, 3072, 128, 64)]
    [InlineData("BFloat16", 64, 768, 64, 64)]
    [InlineData("Tf32", 9, 7, 64, 64)]
    public void TilesAreAsLargeAsTheBlocksThatADeviceNeedsAllow(string precision, int rows, int columns, int tileRows, int tileColumns)
    {
        var tile = MatrixTile.For(Enum.Parse<Precision>(precision), rows, columns);
        Assert.Equal((tileRows, tileColumns), (tile.Rows, tile.Columns));
    }

    /// <summary>A few rows wait for memory: their products stay in single precision.</summary>
    [Theory]
    [InlineData("Tf32")]
    [InlineData("BFloat16")]
    public void AFewRowsAreMultipliedInSinglePrecision(string precision)
    {
        PtxKernel Of(Precision some) => LinearKernels.Forward(new(Extent.Of(FewRowsKernel.MostRows), 64, 64, some), LinearBias.None, null, Addend.None);
        Assert.Equal(Of(Precision.Float32).Text, Of(Enum.Parse<Precision>(precision)).Text);
    }

    /// <summary>What they need is found missing in a module for less.</summary>
    [Theory]
    [InlineData("Tf32", "cp.async", "mma.sync", "cvt.rna.tf32.f32")]
    [InlineData("BFloat16", "cp.async", "mma.sync", "cvt.rn.bf16x2.f32")]
    public void OlderArchitecturesAreRefused(string precision, params string[] instructions)
    {
        LinearShape shape = new(Extent.Of(64), 64, 64, Enum.Parse<Precision>(precision));
        string text = PtxModuleText.Of([LinearKernels.Forward(shape, LinearBias.None, null, Addend.None), RoundingKernels.Panels(shape.Rows, 64)]);
        Assert.Empty(PtxValidator.Findings(PtxModule.Parse(text)));
        IReadOnlyList<string> findings = PtxValidator.Findings(PtxModule.Parse(text.Replace(".target sm_80", ".target sm_75", StringComparison.Ordinal)));
        Assert.All(instructions, instruction => Assert.Contains(findings, finding => finding.Contains(instruction, StringComparison.Ordinal)));
    }

    private static IReadOnlyList<MatrixTile> Tilings(string precision) => MatrixTile.All(Enum.Parse<Precision>(precision));
}
