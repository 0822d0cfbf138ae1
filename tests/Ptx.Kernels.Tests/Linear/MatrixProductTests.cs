using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

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

    private static IReadOnlyList<MatrixTile> Tilings(string precision) => MatrixTile.All(Enum.Parse<Precision>(precision));
}
