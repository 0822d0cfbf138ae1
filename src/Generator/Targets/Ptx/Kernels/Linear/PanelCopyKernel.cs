namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>p = x[rows, columns] in panels of 16 columns: (row, column) at (column / 16 · rows + row) · 16 + column % 16, zeros past the last.</summary>
internal static class PanelCopyKernel
{
    private const int Group = 4;

    /// <exception cref="ArgumentException">The rows are not known: panels are as long as there are rows.</exception>
    public static PtxKernel Of(Extent rows, int columns)
    {
        if (rows.IsBounded) throw new ArgumentException("Panels are copied of a number of rows that is known when the kernel is written.", nameof(rows));
        int padded = Panel.Count(columns) * Panel.Width;
        ElementGrid grid = new($"PanelCopy_{rows}x{columns}", $"p[{rows},{padded}] = x[{rows},{columns}] in panels of 16 columns", rows, padded, Group);
        PtxBuilder k = grid.Builder;
        GlobalAddress x = k.Buffer("x"), panels = k.Buffer("panels");
        (U32 row, U32 column) = grid.Begin();
        U32 place = Place(k, rows, row, column);
        k.Store(k.Element(panels, place), LoadGroup(k, x, columns, row, column));
        return k.Build();
    }

    /// <summary>Where an element lies in panels, which are as long as the most rows.</summary>
    public static U32 Place(PtxBuilder k, Extent rows, U32 row, U32 column) =>
        k.MultiplyAdd(k.MultiplyAdd(k.ShiftRight(column, 4), rows.Most, row), Panel.Width, k.And(column, Panel.Width - 1));

    /// <summary>Four elements of a row, zeros past the last.</summary>
    public static F32[] LoadGroup(PtxBuilder k, GlobalAddress x, int columns, U32 row, U32 column)
    {
        GlobalAddress source = k.Element(x, k.MultiplyAdd(row, columns, column));
        int vector = columns % Group == 0 ? Group : 1;
        return [.. Enumerable.Range(0, Group / vector).SelectMany(part => k.LoadOrZero(
            source.Plus(part), vector, columns % Panel.Width == 0 ? null : k.Less(k.Add(column, part), columns)))];
    }
}
