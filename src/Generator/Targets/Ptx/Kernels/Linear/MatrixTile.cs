using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// A block's tile on tensor cores: how it is divided among warps, and how many tiles of the factors, 64 bytes deep, are in shared memory at once. Factors of tf32 lie there in
/// single precision, and a warp rounds what it multiplies, on the way to its registers; those of bfloat16 have been rounded before the product (<see cref="RoundingKernels"/>).
/// </summary>
internal readonly record struct MatrixTile(Precision Precision, int Rows, int Columns, int WarpRows, int WarpColumns, int Stages) : ITiling
{
    /// <summary>Lines of a factor that a warp reads together: its parts have a multiple of them.</summary>
    public const int Group = 32;
    private const int WarpSize = 32;

    /// <summary>
    /// From the one that reads least for each product to the one that makes most blocks. The large one has a 64 x 64 part for each warp (with 128 sums in registers, so
    /// that there are two blocks to a multiprocessor); the others are for products too small to fill the device with it.
    /// </summary>
    private static readonly (int Rows, int Columns, int WarpRows, int WarpColumns, int Stages)[] Table =
    [
        (128, 128, 64, 64, 3),
        (128, 64, 64, 32, 4),
        (64, 64, 32, 32, 4),
    ];

    public int Threads => WarpsDown * WarpsAcross * WarpSize;

    public int WarpsDown => Rows / WarpRows;

    public int WarpsAcross => Columns / WarpColumns;

    public string Suffix => $"_{Precision}";

    public Precision Copies => Precision == Precision.BFloat16 ? Precision.BFloat16 : Precision.Float32;

    /// <summary>The depth of one instruction.</summary>
    public int Step => Precision == Precision.BFloat16 ? 16 : 8;

    /// <summary>The depth of the factors' tiles.</summary>
    public int Depth => 2 * Step;

    /// <summary>All tiles for factors that are rounded so.</summary>
    public static IReadOnlyList<MatrixTile> All(Precision precision) =>
        [.. Table.Select(tile => new MatrixTile(precision, tile.Rows, tile.Columns, tile.WarpRows, tile.WarpColumns, tile.Stages))];

    /// <summary>The largest tile that makes enough blocks of a product [rows, columns] and is not much taller than it, or else the smallest.</summary>
    public static MatrixTile For(Precision precision, int rows, int columns)
    {
        IReadOnlyList<MatrixTile> tiles = All(precision);
        foreach (MatrixTile tile in tiles)
        {
            if (tile.Rows < 2 * rows && tile.Grid(rows, columns).Count >= DeviceLimits.Ampere.Multiprocessors) return tile;
        }

        return tiles[tiles.Count - 1];
    }

    public LaunchSize Grid(int rows, int columns) => new(Tiles(rows, Rows) * Tiles(columns, Columns));

    public (U32 Row, U32 Column) Place(PtxBuilder k, int rows, int columns)
    {
        (U32 row, U32 column) = BlockOrder.Of(k, Tiles(rows, Rows), Tiles(columns, Columns));
        return (k.Multiply(row, Rows), k.Multiply(column, Columns));
    }

    public void Write(PtxBuilder k, TileSource left, TileSource right, U32 firstRow, U32 firstColumn, TileResult result)
    {
        var product = MatrixProduct.Of(k, this, left, right, firstRow, firstColumn);
        new MatrixStage(k, this, product).Write(result, firstRow, firstColumn);
    }

    private static int Tiles(int extent, int tile) => (extent + tile - 1) / tile;
}
