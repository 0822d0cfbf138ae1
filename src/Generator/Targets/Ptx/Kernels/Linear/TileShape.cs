namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>The part of a product that a block computes, and the part of that which a thread holds in registers.</summary>
internal readonly record struct TileShape(int Rows, int Columns, int ThreadRows, int ThreadColumns)
{
    /// <summary>Elements of the depth that lie in shared memory at once: a panel's width.</summary>
    public const int Depth = Panel.Width;

    /// <summary>Blocks that occupy the smallest of the devices that are aimed at (an A100 has 108 multiprocessors).</summary>
    private const int EnoughBlocks = 108;

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

    /// <summary>The threads of one row of the tile.</summary>
    public int ThreadsAcross => Columns / ThreadColumns;

    /// <summary>The largest tile that makes enough blocks of a product [rows, columns] and is not taller than it, or else the smallest.</summary>
    public static TileShape For(int rows, int columns)
    {
        foreach (TileShape tile in Table)
        {
            if (tile.Rows < 2 * rows && tile.Grid(rows, columns).Count >= EnoughBlocks) return tile;
        }

        return Table[Table.Length - 1];
    }

    /// <summary>Blocks for a product: columns run fastest.</summary>
    public LaunchSize Grid(int rows, int columns) => new((columns + Columns - 1) / Columns, (rows + Rows - 1) / Rows);
}
