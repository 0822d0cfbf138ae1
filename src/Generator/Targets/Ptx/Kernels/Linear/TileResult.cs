namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Elements of a row of a product that follow each other, from (row, column) on.</summary>
internal readonly record struct TileElements(U32 Row, U32 Column, F32[] Values);

/// <summary>Where a product goes, and what happens to its elements on the way.</summary>
internal abstract record TileResult(GlobalAddress C, LinearEpilogue Epilogue)
{
    /// <summary>Elements of a row that are written at once: 1 or 4.</summary>
    public abstract int Width { get; }

    /// <summary>Whether no tile passes the bounds.</summary>
    public bool IsWhole(ITiling tile) => IsWhole(Bounds.Rows, tile.Rows) && IsWhole(Bounds.Columns, tile.Columns);

    /// <summary>Writes elements, as far as they are inside.</summary>
    public void Write(PtxBuilder k, ITiling tile, TileElements elements)
    {
        if (Inside(k, tile, elements) is { } inside) k.If(inside, () => WriteAll(k, [elements]));
        else WriteAll(k, [elements]);
    }

    /// <summary>Writes elements that are inside: what is added to them is on its way together.</summary>
    public void WriteAll(PtxBuilder k, IEnumerable<TileElements> elements)
    {
        (U32 Index, F32[] Values)[] results =
        [
            .. elements.Select(some =>
            {
                U32 index = Index(k, some.Row, some.Column);
                return (index, Epilogue.Apply(k, some.Values, some.Column, index));
            }),
        ];
        foreach ((U32 index, F32[] values) in results) k.Store(k.Element(C, index), values);
    }

    /// <summary>The element's place in the result.</summary>
    protected abstract U32 Index(PtxBuilder k, U32 row, U32 column);

    /// <summary>Rows and columns that are written.</summary>
    protected abstract (U32 Rows, int Columns) Bounds { get; }

    /// <summary>Whether elements are inside both bounds; none where no tile passes them.</summary>
    private Predicate? Inside(PtxBuilder k, ITiling tile, TileElements elements) =>
        k.Both(Guard(k, elements.Row, Bounds.Rows, tile.Rows), Guard(k, elements.Column, Bounds.Columns, tile.Columns));

    private static Predicate? Guard(PtxBuilder k, U32 index, U32 bound, int tile) => IsWhole(bound, tile) ? null : k.Less(index, bound);

    private static bool IsWhole(U32 bound, int tile) => bound.Register is null && bound.Literal % tile == 0;
}

/// <summary>c[rows, columns] = act(sums + bias) + addend, row after row.</summary>
internal sealed record RowMajorResult(GlobalAddress C, U32 Rows, int Columns, LinearEpilogue Epilogue) : TileResult(C, Epilogue)
{
    public override int Width => Columns % 4 == 0 ? 4 : 1;

    protected override (U32 Rows, int Columns) Bounds => (Rows, Columns);

    protected override U32 Index(PtxBuilder k, U32 row, U32 column) => k.MultiplyAdd(row, Columns, column);
}

/// <summary>The gradient of a weight W[N, K] in panels: the product's rows are k, its columns n; pad lanes are written too, as zeros.</summary>
internal sealed record PanelResult(GlobalAddress C, int Inputs, int Outputs, LinearEpilogue Epilogue) : TileResult(C, Epilogue)
{
    public override int Width => 4;

    protected override (U32 Rows, int Columns) Bounds => (Inputs, Panel.Count(Outputs) * Panel.Width);

    protected override U32 Index(PtxBuilder k, U32 row, U32 column)
    {
        U32 line = k.MultiplyAdd(k.ShiftRight(column, 4), Inputs, row);
        return k.MultiplyAdd(line, Panel.Width, k.And(column, Panel.Width - 1));
    }
}
