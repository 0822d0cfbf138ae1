using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>The part of a product that a block computes, and the part of that which a thread holds in registers.</summary>
internal readonly record struct TileShape(int Rows, int Columns, int ThreadRows, int ThreadColumns) : ITiling
{
    /// <summary>Elements of the depth that lie in shared memory at once: a panel's width.</summary>
    public const int Depth = Panel.Width;

    /// <summary>From the one that reads least memory for each product to the one that makes most blocks.</summary>
    private static readonly TileShape[] Table =
    [
        new(128, 128, 8, 8),
        new(128, 64, 8, 8),
        new(64, 64, 8, 4),
        new(32, 64, 4, 4),
        new(16, 64, 4, 4),
    ];

    public static IReadOnlyList<TileShape> All => Table;

    public int Threads => Rows / ThreadRows * (Columns / ThreadColumns);

    public Precision Copies => Precision.Float32;

    public string Suffix => "";

    /// <summary>The threads of one row of the tile.</summary>
    public int ThreadsAcross => Columns / ThreadColumns;

    /// <summary>The largest tile that makes enough blocks of a product [rows, columns] and is not taller than it, or else the smallest.</summary>
    public static TileShape For(int rows, int columns)
    {
        foreach (TileShape tile in Table)
        {
            if (tile.Rows < 2 * rows && tile.Grid(rows, columns).Count >= DeviceLimits.Ampere.Multiprocessors) return tile;
        }

        return Table[Table.Length - 1];
    }

    /// <summary>Blocks for a product: columns run fastest.</summary>
    public LaunchSize Grid(int rows, int columns) => new((columns + Columns - 1) / Columns, (rows + Rows - 1) / Rows);

    public (U32 Row, U32 Column) Place(PtxBuilder k, int rows, int columns) => (k.Multiply(k.BlockY, Rows), k.Multiply(k.BlockX, Columns));

    public void Write(PtxBuilder k, TileSource left, TileSource right, U32 firstRow, U32 firstColumn, TileResult result)
    {
        var product = TileProduct.Of(k, this, left, right, firstRow, firstColumn);
        TileStage.Write(k, this, product, result, firstRow, firstColumn);
    }
}
