using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>How a product is divided among blocks, and how a block computes its tile.</summary>
internal interface ITiling
{
    /// <summary>Rows of a block's tile.</summary>
    int Rows { get; }

    /// <summary>Columns of a block's tile.</summary>
    int Columns { get; }

    /// <summary>Threads of a block.</summary>
    int Threads { get; }

    /// <summary>What copies of the factors have been rounded to, which the product reads in their place; single precision where there are none.</summary>
    Precision Copies { get; }

    /// <summary>Ends the product in a kernel's name.</summary>
    string Suffix { get; }

    /// <summary>Blocks for a product [rows, columns].</summary>
    LaunchSize Grid(int rows, int columns);

    /// <summary>The first row and column of this block's tile.</summary>
    (U32 Row, U32 Column) Place(PtxBuilder k, int rows, int columns);

    /// <summary>The product of two factors for the block's tile, and its result. All threads of the block take part.</summary>
    void Write(PtxBuilder k, TileSource left, TileSource right, U32 firstRow, U32 firstColumn, TileResult result);
}

/// <summary>Chooses a tiling.</summary>
internal static class Tiling
{
    /// <summary>Of a product [rows, columns] whose factors are rounded so.</summary>
    public static ITiling For(Precision precision, int rows, int columns) =>
        precision == Precision.Float32 ? TileShape.For(rows, columns) : MatrixTile.For(precision, rows, columns);
}
