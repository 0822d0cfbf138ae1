namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Which half of a layer's cache.</summary>
internal enum CacheHalf
{
    Keys,
    Values,
}

/// <summary>What an append is specialised by: rows [slots · sequence, heads · dim] into caches of so many positions, a stride of floats apart.</summary>
internal readonly record struct CacheAppendShape(CacheHalf Half, int Slots, Extent Rows, int Heads, int Dim, int Context, int SlotStride);

/// <summary>cache[slot, head, positions[row]] = rows[row]; rows whose position is negative (or past the context) are left out.</summary>
internal static class CacheAppendKernel
{
    public static PtxKernel Of(CacheAppendShape shape)
    {
        int columns = shape.Heads * shape.Dim, context = Panel.Count(shape.Context) * Panel.Width, headFloats = Panel.Count(shape.Dim) * Panel.Width * context;
        ElementGrid grid = new(
            $"Append{shape.Half}_{shape.Slots}x{shape.Rows}x{shape.Heads}x{shape.Dim}_Context{shape.Context}_Slot{shape.SlotStride}",
            $"cache[positions] = rows[{shape.Rows},{columns}], {shape.Slots} caches of {shape.Context} positions",
            shape.Rows,
            columns,
            width: 1);
        PtxBuilder k = grid.Builder;
        GlobalAddress rows = k.Buffer("rows"), positions = k.Buffer("positions"), cache = k.Buffer("cache");
        ControlBlock? control = shape.Rows.IsBounded ? new ControlBlock(k) : null;
        (U32 row, U32 column) = control is { } known ? grid.Begin(known) : grid.Begin();
        U32 count = control is { } bound ? shape.Rows.Count(k, bound) : shape.Rows.Most;
        U32 position = k.LoadWord(k.Element(positions, row));
        k.ExitIf(k.AtLeast(position, shape.Context));
        U32 slot = k.Divide(row, k.Divide(count, shape.Slots)), head = k.Divide(column, shape.Dim);
        U32 element = k.Subtract(column, k.Multiply(head, shape.Dim));
        GlobalAddress start = k.Element(cache, k.MultiplyAdd(slot, shape.SlotStride, k.Multiply(head, headFloats)));
        KeyValueRows place = shape.Half == CacheHalf.Keys ? new KeyValueRows.CachedKeys(start, shape.Dim) : new KeyValueRows.CachedValues(start, context);
        k.Store(place.At(k, position, element), k.Load(k.Element(rows, k.MultiplyAdd(row, columns, column))));
        return k.Build();
    }
}
