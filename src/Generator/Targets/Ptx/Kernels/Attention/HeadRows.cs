namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>One head's vectors: of one sequence in a tensor [rows, heads · dimension], or of one slot in a cache.</summary>
/// <param name="First">The first vector.</param>
/// <param name="Stride">Floats from one vector to the next.</param>
/// <param name="Columns">The head's dimension.</param>
/// <param name="Count">How many vectors there are.</param>
internal readonly record struct HeadRows(GlobalAddress First, int Stride, int Columns, U32 Count)
{
    /// <summary>Columns that are loaded and stored at once: 1 or 4.</summary>
    public int Width => Columns % 4 == 0 && Stride % 4 == 0 ? 4 : 1;

    /// <summary>Brings some columns of some rows to shared memory, zeros where there are none; the whole block takes part, and nobody waits.</summary>
    /// <param name="k">The kernel.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns: a multiple of 4.</param>
    /// <param name="destination">[rows, columns].</param>
    /// <param name="stride">Floats from one row of the destination to the next: a multiple of 4.</param>
    public void Stage(PtxBuilder k, U32 firstRow, U32 firstColumn, int rows, int columns, SharedAddress destination, int stride)
    {
        HeadRows source = this;
        int width = Width, across = columns / width;
        bool isWhole = Columns % columns == 0;
        k.ForEachItem(rows * across, item =>
        {
            U32 line = k.Divide(item, across);
            U32 place = k.Multiply(k.Subtract(item, k.Multiply(line, across)), width);
            U32 row = k.Add(firstRow, line), column = k.Add(firstColumn, place);
            Predicate isThere = k.Less(row, source.Count);
            if (!isWhole) isThere = k.And(isThere, k.Less(column, source.Columns));
            F32[] values = k.LoadOrZero(k.Element(source.First, k.MultiplyAdd(row, source.Stride, column)), width, isThere);
            k.Store(k.Element(destination, k.MultiplyAdd(line, stride, place)), values);
        });
    }
}

internal static class BlockItems
{
    /// <summary>The body for each item, which the threads of the block share.</summary>
    public static void ForEachItem(this PtxBuilder k, int items, Action<U32> body)
    {
        int threads = k.Threads;
        if (items % threads == 0) k.For(0, items, threads, first => body(k.Add(k.Thread, first)));
        else k.For(k.Thread, items, threads, body);
    }
}
