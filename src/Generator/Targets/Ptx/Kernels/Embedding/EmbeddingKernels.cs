using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What a lookup in table[entries, columns] is specialised by.</summary>
internal readonly record struct EmbeddingShape(Extent Rows, int Entries, int Columns, float Scale, TableLayout Layout)
{
    /// <summary>Rows of the table with those that fill the last panel.</summary>
    public int PaddedEntries => Layout == TableLayout.Panels ? Panel.Count(Entries) * Panel.Width : Entries;

    public string Suffix => (Layout == TableLayout.Panels ? "_Panels" : "") + (Scale == 1f ? "" : "_" + FloatName.Of(Scale));
}

/// <summary>Rows of a table, and their gradient; a table that begins later is given by the address of its first row.</summary>
internal static class EmbeddingKernels
{
    private const int WarpSize = 32;
    private const int WarpsPerBlock = 4;

    /// <summary>Groups of columns that a lane adds up in registers.</summary>
    private const int GroupsOfLane = 4;

    /// <summary>y[r,:] = scale · table[indices[r],:] + addend.</summary>
    public static PtxKernel Forward(EmbeddingShape shape, Addend addend)
    {
        int width = shape.Columns % 4 == 0 ? 4 : 1;
        ElementGrid grid = new(
            $"Embedding_{shape.Rows}x{shape.Columns}{shape.Suffix}{addend.Suffix()}",
            $"y[{shape.Rows},{shape.Columns}] = {FloatLiteral.Format(shape.Scale)} * table[indices]{addend.Term()}",
            shape.Rows,
            shape.Columns,
            width);
        PtxBuilder k = grid.Builder;
        GlobalAddress indices = k.Buffer("indices"), table = k.Buffer("table");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress y = k.Buffer("y");
        (U32 row, U32 column) = grid.Begin();
        F32[] values = LoadEntry(k, shape, table, k.LoadWord(k.Element(indices, row)), column, width);
        U32 first = k.MultiplyAdd(row, shape.Columns, column);
        F32[]? more = added is { } tensor ? k.Load(k.Element(tensor, first), width) : null;
        k.Store(k.Element(y, first), [.. values.Select((value, lane) => Scaled(k, value, shape.Scale, more?[lane]))]);
        return k.Build();
    }

    /// <summary>
    /// dTable = addend + scale · Σ dy[r,:] at row indices[r], all rows of the table, those that fill the last panel included, from the rows whose
    /// index is not the ignored one (−1 for none). A warp has a row of the table and some columns: it looks through all indices, 32 at once, and
    /// adds the rows it finds in their order.
    /// </summary>
    /// <exception cref="ArgumentException">The rows are not known.</exception>
    public static PtxKernel Gradient(EmbeddingShape shape, int ignored, Addend addend)
    {
        if (shape.Rows.IsBounded) throw new ArgumentException("An embedding's gradient is of a number of rows that is known when the kernel is written.", nameof(shape));
        int width = shape.Columns % 4 == 0 ? 4 : 1, lanes = WarpSize * width, tile = Math.Min(GroupsOfLane, (shape.Columns + lanes - 1) / lanes) * lanes;
        var k = new PtxBuilder(
            $"EmbeddingGradient_{shape.Rows}x{shape.Entries}x{shape.Columns}{shape.Suffix}{(ignored < 0 ? "" : $"_Without{ignored}")}{addend.Suffix()}",
            $"dTable[{shape.Entries},{shape.Columns}] = {FloatLiteral.Format(shape.Scale)} * sums of dy[{shape.Rows},{shape.Columns}] by index{addend.Term()}",
            new LaunchSize((shape.PaddedEntries + WarpsPerBlock - 1) / WarpsPerBlock, (shape.Columns + tile - 1) / tile),
            new LaunchSize(WarpsPerBlock * WarpSize));
        GlobalAddress indices = k.Buffer("indices"), dy = k.Buffer("dy");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dTable = k.Buffer("dTable");
        var sofar = AddedTensor.Of(k, addend, added, dTable);
        U32 entry = k.MultiplyAdd(k.BlockX, WarpsPerBlock, k.ShiftRight(k.Thread, 5)), lane = k.And(k.Thread, WarpSize - 1);
        k.ExitIf(k.AtLeast(entry, shape.PaddedEntries));

        U32 firstColumn = k.MultiplyAdd(k.BlockY, tile, k.Multiply(lane, width));
        (U32 Column, Predicate? Guard)[] groups = [.. Enumerable.Range(0, tile / lanes).Select(group =>
        {
            U32 column = k.Add(firstColumn, group * lanes);
            return (column, shape.Columns % tile == 0 ? (Predicate?)null : k.Less(column, shape.Columns));
        })];
        F32[][] sums = [.. groups.Select(group => Begin(group.Column, group.Guard))];
        k.For(0, shape.Rows.Most, WarpSize, start => ScanThirtyTwo(start));
        for (int group = 0; group < groups.Length; group++)
        {
            F32[] values = sums[group];
            U32 column = groups[group].Column;
            if (groups[group].Guard is { } guard) k.If(guard, () => StoreEntry(k, shape, dTable, entry, column, values));
            else StoreEntry(k, shape, dTable, entry, column, values);
        }

        return k.Build();

        F32[] Begin(U32 column, Predicate? guard)
        {
            F32[] begun = [.. Enumerable.Range(0, width).Select(_ => k.Variable(0f))];
            if (sofar is null) return begun;
            if (guard is { } condition) k.If(condition, LoadAddend);
            else LoadAddend();
            return begun;

            void LoadAddend()
            {
                F32[] loaded = LoadEntry(k, shape, sofar.Start, entry, column, width);
                for (int i = 0; i < width; i++) k.Assign(begun[i], sofar.Kept(k, loaded[i]));
            }
        }

        void ScanThirtyTwo(U32 start)
        {
            U32 row = k.Add(start, lane);
            U32 index = k.Variable((U32)uint.MaxValue);
            if (shape.Rows.Most % WarpSize == 0) k.Assign(index, k.LoadWord(k.Element(indices, row)));
            else k.If(k.Less(row, shape.Rows.Most), () => k.Assign(index, k.LoadWord(k.Element(indices, row))));
            Predicate isHere = k.AreEqual(index, entry);
            if (ignored >= 0) isHere = k.And(isHere, k.Differ(index, ignored));
            U32 found = k.Variable(k.Ballot(isHere));
            k.If(k.Differ(found, 0), () => k.DoWhile(() =>
            {
                U32 source = k.Multiply(k.Add(start, k.TrailingZeros(found)), shape.Columns);
                for (int group = 0; group < groups.Length; group++)
                {
                    F32[] values = k.LoadOrZero(k.Element(dy, k.Add(source, groups[group].Column)), width, groups[group].Guard);
                    for (int i = 0; i < width; i++) k.MultiplyAddTo(sums[group][i], values[i], shape.Scale);
                }

                k.Assign(found, k.And(found, k.Subtract(found, 1)));
                return k.Differ(found, 0);
            }));
        }
    }

    private static F32 Scaled(PtxBuilder k, F32 value, float scale, F32? addend) => addend is { } more
        ? k.MultiplyAdd(value, scale, more)
        : scale == 1f ? value : k.Multiply(value, scale);

    private static F32[] LoadEntry(PtxBuilder k, EmbeddingShape shape, GlobalAddress table, U32 entry, U32 column, int width)
    {
        GlobalAddress first = EntryAddress(k, shape, table, entry, column);
        return shape.Layout == TableLayout.RowMajor
            ? k.Load(first, width)
            : [.. Enumerable.Range(0, width).Select(lane => k.Load(first.Plus(lane * Panel.Width)))];
    }

    private static void StoreEntry(PtxBuilder k, EmbeddingShape shape, GlobalAddress table, U32 entry, U32 column, F32[] values)
    {
        GlobalAddress first = EntryAddress(k, shape, table, entry, column);
        if (shape.Layout == TableLayout.RowMajor) k.Store(first, values);
        else
        {
            for (int lane = 0; lane < values.Length; lane++) k.Store(first.Plus(lane * Panel.Width), values[lane]);
        }
    }

    private static GlobalAddress EntryAddress(PtxBuilder k, EmbeddingShape shape, GlobalAddress table, U32 entry, U32 column)
    {
        if (shape.Layout == TableLayout.RowMajor) return k.Element(table, k.MultiplyAdd(entry, shape.Columns, column));
        U32 line = k.MultiplyAdd(k.ShiftRight(entry, 4), shape.Columns, column);
        return k.Element(table, k.MultiplyAdd(line, Panel.Width, k.And(entry, Panel.Width - 1)));
    }
}
