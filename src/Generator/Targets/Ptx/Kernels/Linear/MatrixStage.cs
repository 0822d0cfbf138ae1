namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Takes sums from the registers of warps through shared memory to where rows are written whole, 32 rows of each warp after the other. The place of a line among the
/// 32 that a <see cref="FragmentReader"/> brings together depends on how it reads (<see cref="LineOrder"/>).
/// </summary>
internal sealed class MatrixStage(PtxBuilder k, MatrixTile shape, MatrixProduct product)
{
    private const int Group = MatrixTile.Group;

    /// <summary>Groups of four elements that a thread writes in a round, so that their loads are on their way together; one where an activation makes the text long, or an edge a branch.</summary>
    private const int Unrolled = 4;

    /// <summary>Floats of shared memory that a stage needs.</summary>
    public static int Floats(MatrixTile shape, LineOrder right) => shape.WarpsDown * Group * Stride(shape, right);

    /// <summary>Waits for the product's last tile, and writes the block's.</summary>
    public void Write(TileResult result, U32 firstRow, U32 firstColumn)
    {
        k.Comment($"{Group} rows of each warp after the other");
        k.For(0, shape.WarpRows, Group, firstOfGroup =>
        {
            k.Barrier();
            StoreSums(firstOfGroup, group: 0);
            k.Barrier();
            WriteRows(result, firstRow, firstColumn, firstOfGroup);
        });
    }

    /// <summary>Floats from one row to the next: as many more than a multiple of 32 that no two rows of a store meet in a bank.</summary>
    private static int Stride(MatrixTile shape, LineOrder right) => shape.Columns + (right == LineOrder.Consecutive ? 8 : 4);

    /// <summary>Of the group whose rows are to be stored, which is this one or a later one; registers have no index.</summary>
    private void StoreSums(U32 firstOfGroup, int group)
    {
        if (group == shape.WarpRows / Group - 1) StoreSums(group);
        else k.If(k.AreEqual(firstOfGroup, group * Group), () => StoreSums(group), () => StoreSums(firstOfGroup, group + 1));
    }

    private void StoreSums(int group)
    {
        U32 lane = k.And(k.Thread, 31);
        U32 row = k.MultiplyAdd(product.WarpRow, Group, k.ShiftRight(lane, 2));
        bool isConsecutive = product.RightOrder == LineOrder.Consecutive;
        U32 column = k.MultiplyAdd(product.WarpColumn, shape.WarpColumns, k.Multiply(k.And(lane, 3), isConsecutive ? 2 : 8));
        SharedAddress own = k.Element(product.Shared, k.MultiplyAdd(row, Stride(shape, product.RightOrder), column));
        for (int set = 0; set < 4; set++)
        {
            F32[][] sums = product.Sums[2 * group + set / 2];
            SharedAddress line = own.Plus(8 * set * Stride(shape, product.RightOrder));
            int first = set % 2 * 2;
            for (int columns = 0; columns < sums.Length; columns += 4)
            {
                if (isConsecutive)
                {
                    for (int part = 0; part < 4; part++) k.Store(line.Plus(8 * (columns + part)), [sums[columns + part][first], sums[columns + part][first + 1]]);
                    continue;
                }

                for (int odd = 0; odd < 2; odd++) k.Store(line.Plus(8 * columns + 4 * odd), [.. Enumerable.Range(columns, 4).Select(part => sums[part][first + odd])]);
            }
        }
    }

    private void WriteRows(TileResult result, U32 firstRow, U32 firstColumn, U32 groupRow)
    {
        int count = shape.WarpsDown * Group * shape.Columns, step = k.Threads * result.Width;
        int unrolled = result.Epilogue.Activation is null && result.IsWhole(shape) && count % (step * Unrolled) == 0 ? Unrolled : 1;
        k.For(k.Multiply(k.Thread, result.Width), count, step * unrolled, index =>
        {
            var elements = new TileElements[unrolled];
            for (int i = 0; i < unrolled; i++)
            {
                U32 own = k.Add(index, i * step), place = k.Divide(own, shape.Columns), column = k.Remainder(own, shape.Columns);
                SharedAddress staged = k.Element(product.Shared, k.MultiplyAdd(place, Stride(shape, product.RightOrder), column));
                F32[] values = result.Width == 4 ? k.LoadFour(staged) : [k.Load(staged)];
                U32 row = k.MultiplyAdd(k.ShiftRight(place, 5), shape.WarpRows, k.Add(RowOf(k.And(place, Group - 1)), groupRow));
                elements[i] = new TileElements(k.Add(firstRow, row), k.Add(firstColumn, column), values);
            }

            if (unrolled > 1) result.WriteAll(k, elements);
            else result.Write(k, shape, elements[0]);
        });
    }

    /// <summary>The row among 32 whose place it is.</summary>
    private U32 RowOf(U32 place) => product.LeftOrder == LineOrder.Consecutive ? place : k.MultiplyAdd(k.And(place, 7), 4, k.ShiftRight(place, 3));
}
