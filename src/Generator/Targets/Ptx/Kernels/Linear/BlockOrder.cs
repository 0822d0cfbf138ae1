namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The order of a product's tiles, which blocks follow by their number: bands of 16 tiles of rows, in each one column of tiles after the other. So the
/// blocks that run at once, a few hundred, make a near square of the product and share most of what they read in the second cache.
/// </summary>
internal static class BlockOrder
{
    private const int Band = 16;

    /// <summary>The tile of this block: its row and column among tiles.</summary>
    public static (U32 Row, U32 Column) Of(PtxBuilder k, int rows, int columns)
    {
        if (rows <= Band) return (k.Remainder(k.BlockX, rows), k.Divide(k.BlockX, rows));
        U32 band = k.Divide(k.BlockX, Band * columns), place = k.Remainder(k.BlockX, Band * columns), first = k.Multiply(band, Band);
        U32 height = rows % Band == 0 ? Band : k.Min(k.Subtract(rows, first), Band);
        U32 column = k.Divide(place, height);
        return (k.Add(first, k.Subtract(place, k.Multiply(column, height))), column);
    }
}
