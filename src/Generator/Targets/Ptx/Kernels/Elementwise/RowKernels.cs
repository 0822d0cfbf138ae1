namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Copies and multiples of whole rows: a thread for each element of the wider side.</summary>
internal static class RowKernels
{
    /// <summary>y[r,:] = x[r,:] · factors[r].</summary>
    public static PtxKernel ScaleRows(Extent rows, int columns)
    {
        int width = columns % 4 == 0 ? 4 : 1;
        ElementGrid grid = new($"ScaleRows_{rows}x{columns}", $"y[{rows},{columns}] = x * factors[{rows}], row by row", rows, columns, width);
        PtxBuilder k = grid.Builder;
        GlobalAddress x = k.Buffer("x"), factors = k.Buffer("factors"), y = k.Buffer("y");
        (U32 row, U32 column) = grid.Begin();
        U32 first = k.MultiplyAdd(row, columns, column);
        F32 factor = k.Load(k.Element(factors, row));
        k.Store(k.Element(y, first), [.. k.Load(k.Element(x, first), width).Select(value => k.Multiply(value, factor))]);
        return k.Build();
    }

    /// <summary>y[1,:] = x[row,:] for the control block's row.</summary>
    public static PtxKernel SelectRow(int columns)
    {
        int width = columns % 4 == 0 ? 4 : 1;
        ElementGrid grid = new($"SelectRow_{columns}", $"y[1,{columns}] = x[row]", Extent.Of(1), columns, width);
        PtxBuilder k = grid.Builder;
        GlobalAddress x = k.Buffer("x"), y = k.Buffer("y");
        var control = new ControlBlock(k);
        (_, U32 column) = grid.Begin();
        U32 row = control.Word(ControlField.SelectedRow);
        k.Store(k.Element(y, column), k.Load(k.Element(x, k.MultiplyAdd(row, columns, column)), width));
        return k.Build();
    }

    /// <summary>y[r, A + B]: the columns of a[r,A], then those of b[r,B].</summary>
    public static PtxKernel Concatenate(Extent rows, int aColumns, int bColumns) => Beside(
        $"Concatenate_{rows}x{aColumns}x{bColumns}", $"y[{rows},{aColumns + bColumns}] = a[{rows},{aColumns}] beside b[{rows},{bColumns}]", rows, aColumns, bColumns, Joined.IsWritten);

    /// <summary>da[r,A] and db[r,B]: the first and the last columns of dy.</summary>
    public static PtxKernel ConcatenateGradient(Extent rows, int aColumns, int bColumns) => Beside(
        $"ConcatenateGradient_{rows}x{aColumns}x{bColumns}", $"dA[{rows},{aColumns}], dB[{rows},{bColumns}] = columns of dy", rows, aColumns, bColumns, Joined.IsRead);

    private enum Joined
    {
        IsRead,
        IsWritten,
    }

    private static PtxKernel Beside(string name, string formula, Extent rows, int aColumns, int bColumns, Joined joined)
    {
        int width = aColumns % 4 == 0 && bColumns % 4 == 0 ? 4 : 1;
        ElementGrid grid = new(name, formula, rows, aColumns + bColumns, width);
        PtxBuilder k = grid.Builder;
        GlobalAddress whole = default;
        if (joined == Joined.IsRead) whole = k.Buffer("dy");
        GlobalAddress a = k.Buffer(joined == Joined.IsRead ? "dA" : "a"), b = k.Buffer(joined == Joined.IsRead ? "dB" : "b");
        if (joined == Joined.IsWritten) whole = k.Buffer("y");
        (U32 row, U32 column) = grid.Begin();
        whole = k.Element(whole, k.MultiplyAdd(row, aColumns + bColumns, column));
        k.If(
            k.Less(column, aColumns),
            () => Move(k.Element(a, k.MultiplyAdd(row, aColumns, column))),
            () => Move(k.Element(b, k.MultiplyAdd(row, bColumns, k.Subtract(column, aColumns)))));
        return k.Build();

        void Move(GlobalAddress part)
        {
            if (joined == Joined.IsRead) k.Store(part, k.Load(whole, width));
            else k.Store(whole, k.Load(part, width));
        }
    }
}
