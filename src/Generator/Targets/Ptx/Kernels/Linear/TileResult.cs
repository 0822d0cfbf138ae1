namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Where a product goes, and what happens to its elements on the way.</summary>
internal abstract record TileResult
{
    /// <summary>Elements of a row that are written at once: 1 or 4.</summary>
    public abstract int Width { get; }

    /// <summary>Writes elements from (row, column) on, as far as they are inside.</summary>
    public abstract void Write(PtxBuilder k, TileShape shape, U32 row, U32 column, F32[] values);

    /// <summary>
    /// Writes a block's tile, a quarter of a thread's rows after the other: the sums go through shared memory, so that rows are written whole
    /// and the code for an element stands in the text once.
    /// </summary>
    public void Write(PtxBuilder k, TileShape shape, TileProduct product, U32 firstRow, U32 firstColumn)
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
            k.For(k.Multiply(k.Thread, Width), rows * shape.Columns, k.Threads * Width, index =>
            {
                SharedAddress staged = k.Element(product.Shared, index);
                F32[] values = Width == 4 ? k.LoadFour(staged) : [k.Load(staged)];
                U32 row = k.Add(firstRow, k.Add(k.Divide(index, shape.Columns), groupRow));
                Write(k, shape, row, k.Add(firstColumn, k.Remainder(index, shape.Columns)), values);
            });
        }
    }

    /// <summary>Inside both bounds; a bound that no tile passes is not tested.</summary>
    protected static void Inside(PtxBuilder k, (U32 Index, U32 Bound, int Tile) row, (U32 Index, U32 Bound, int Tile) column, Action body)
    {
        Predicate? inside = k.Both(Guard(k, row), Guard(k, column));
        if (inside is { } condition) k.If(condition, body);
        else body();
    }

    private static Predicate? Guard(PtxBuilder k, (U32 Index, U32 Bound, int Tile) dimension) =>
        dimension.Bound.Register is null && dimension.Bound.Literal % dimension.Tile == 0 ? null : k.Less(dimension.Index, dimension.Bound);
}

/// <summary>c[rows, columns] = act(sums + bias) + addend, row after row.</summary>
internal sealed record RowMajorResult(GlobalAddress C, U32 Rows, int Columns, LinearEpilogue Epilogue) : TileResult
{
    public override int Width => Columns % 4 == 0 ? 4 : 1;

    public override void Write(PtxBuilder k, TileShape shape, U32 row, U32 column, F32[] values) =>
        Inside(k, (row, Rows, shape.Rows), (column, Columns, shape.Columns), () =>
        {
            U32 index = k.MultiplyAdd(row, Columns, column);
            k.Store(k.Element(C, index), Epilogue.Apply(k, values, column, index));
        });
}

/// <summary>The gradient of a weight W[N, K] in panels: the product's rows are k, its columns n; pad lanes are written too, as zeros.</summary>
internal sealed record PanelResult(GlobalAddress C, int Inputs, int Outputs, LinearEpilogue Epilogue) : TileResult
{
    public override int Width => 4;

    public override void Write(PtxBuilder k, TileShape shape, U32 row, U32 column, F32[] values) =>
        Inside(k, (row, Inputs, shape.Rows), (column, Panel.Count(Outputs) * Panel.Width, shape.Columns), () =>
        {
            U32 line = k.MultiplyAdd(k.ShiftRight(column, 4), Inputs, row);
            U32 index = k.MultiplyAdd(line, Panel.Width, k.And(column, Panel.Width - 1));
            k.Store(k.Element(C, index), Epilogue.Apply(k, values, column, index));
        });
}
