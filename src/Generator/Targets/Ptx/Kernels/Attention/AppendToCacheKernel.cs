namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>cache[slot][head][positions[row]] = rows[row, head]; rows whose position is none of the cache's are left out.</summary>
internal static class AppendToCacheKernel
{
    /// <summary>Parameters: rows, positions, cache, control where rows are bounded.</summary>
    public static PtxKernel Of(CacheShape shape, int headDim)
    {
        shape.Check();
        int heads = shape.Spec.KeyValueHeads, columns = heads * headDim, width = headDim % 4 == 0 ? 4 : 1;
        Extent rows = shape.Bounds == AttentionBounds.None ? Extent.Of(shape.Slots * shape.Rows) : Extent.UpTo(shape.Slots * shape.Rows);
        ElementGrid grid = new(
            $"AppendToCache_{shape.Slots}x{shape.Rows}x{heads}x{headDim}_{shape.Context}{(shape.Slots == 1 ? "" : $"_Slots{shape.SlotStride}")}",
            $"cache[{shape.Slots},{heads},positions,{headDim}] = rows[{rows},{columns}]", rows, columns, width);
        PtxBuilder k = grid.Builder;
        GlobalAddress source = k.Buffer("rows"), positions = k.Buffer("positions"), cache = k.Buffer("cache");
        U32 row, column, slot = 0;
        if (!rows.IsBounded)
        {
            (row, column) = grid.Begin();
            if (shape.Slots > 1) slot = k.Divide(row, shape.Rows);
        }
        else
        {
            var control = new ControlBlock(k);
            (row, column) = grid.Begin(control);
            if (shape.Slots > 1) slot = k.Divide(row, k.Divide(control.Word(ControlField.Rows), shape.Slots));
        }

        U32 position = k.LoadWord(k.Element(positions, row));
        k.If(k.Less(position, shape.Context), () =>
        {
            U32 head = k.Divide(column, headDim), place = k.Subtract(column, k.Multiply(head, headDim));
            U32 index = k.MultiplyAdd(k.MultiplyAdd(head, shape.Context, position), headDim, place);
            F32[] values = k.Load(k.Element(source, k.MultiplyAdd(row, columns, column)), width);
            k.Store(k.Element(k.Skip(cache, slot, shape.SlotStride), index), values);
        });
        return k.Build();
    }
}
