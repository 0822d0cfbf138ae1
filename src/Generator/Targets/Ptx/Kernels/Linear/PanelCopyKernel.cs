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
        U32 line = k.MultiplyAdd(k.ShiftRight(column, 4), rows.Most, row);
        GlobalAddress source = k.Element(x, k.MultiplyAdd(row, columns, column));
        int vector = columns % Group == 0 ? Group : 1;
        F32[] values = [.. Enumerable.Range(0, Group / vector).SelectMany(part => k.LoadOrZero(
            source.Plus(part), vector, columns == padded ? null : k.Less(k.Add(column, part), columns)))];
        k.Store(k.Element(panels, k.MultiplyAdd(line, Panel.Width, k.And(column, Panel.Width - 1))), values);
        return k.Build();
    }
}
