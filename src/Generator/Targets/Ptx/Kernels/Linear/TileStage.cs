namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Takes the sums of a <see cref="TileProduct"/> through shared memory, a quarter of a thread's rows after the other, so that rows are written whole and the code for
/// an element stands in the text once.
/// </summary>
internal static class TileStage
{
    public static void Write(PtxBuilder k, TileShape shape, TileProduct product, TileResult result, U32 firstRow, U32 firstColumn)
    {
        int rows = product.RowGroupStep, groups = shape.ThreadRows / 4;
        SharedAddress own = k.Element(
            product.Shared, k.MultiplyAdd(k.Multiply(product.ThreadRow, 4), shape.Columns, k.Multiply(product.ThreadColumn, 4)));
        for (int group = 0; group < groups; group++)
        {
            int groupRow = group * rows;
            k.Comment($"rows {groupRow} to {groupRow + rows - 1} of the tile");
            if (group > 0) k.Barrier();
            for (int row = 0; row < 4; row++)
            {
                for (int column = 0; column < shape.ThreadColumns; column += 4)
                {
                    F32[] sums = [.. product.Sums[4 * group + row].Skip(column).Take(4)];
                    k.Store(own.Plus(row * shape.Columns + column / 4 * product.ColumnGroupStep), sums);
                }
            }

            k.Barrier();
            k.For(k.Multiply(k.Thread, result.Width), rows * shape.Columns, k.Threads * result.Width, index =>
            {
                SharedAddress staged = k.Element(product.Shared, index);
                F32[] values = result.Width == 4 ? k.LoadFour(staged) : [k.Load(staged)];
                U32 row = k.Add(firstRow, k.Add(k.Divide(index, shape.Columns), groupRow));
                result.Write(k, shape, new TileElements(row, k.Add(firstColumn, k.Remainder(index, shape.Columns)), values));
            });
        }
    }
}
