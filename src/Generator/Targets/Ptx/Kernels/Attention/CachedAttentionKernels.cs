using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// o = softmax(scale · q·kᵀ + terms) · v for the rows of each slot and the keys of its cache that they see: up to their own positions, or what the mask of
/// a source leaves. Few rows have a block each; more of them share tiles, as in <see cref="FlashAttentionKernels"/>.
/// </summary>
internal static class CachedAttentionKernels
{
    /// <summary>Rows of a slot from which on a tile is worth its while.</summary>
    private const int RowsOfTiles = 8;

    /// <summary>Parameters: q, keys, values, positions (not of a source), the terms in their order, o, control where rows are bounded.</summary>
    public static PtxKernel Of(CacheShape shape)
    {
        shape.Check();
        return shape.Rows < RowsOfTiles ? ByRows(shape) : ByTiles(shape);
    }

    private static PtxKernel ByRows(CacheShape shape)
    {
        AttentionSpec spec = shape.Spec;
        PtxBuilder k = Builder(shape, "Row", new LaunchSize(shape.Rows, spec.Heads, shape.Slots), CachedRowAttention.Threads);
        Operands x = new(k, shape);
        U32 rows = shape.RowsOfSlot(k), index = k.BlockX, head = k.BlockY, slot = k.BlockZ;
        if (shape.Bounds != AttentionBounds.None) k.ExitIf(k.AtLeast(index, rows));
        ScoreRow row = new CacheRows(k, shape, x.Positions, slot, rows).Row(head, index);
        U32 vector = k.MultiplyAdd(row.Row, spec.Heads, head), keyHead = k.Divide(head, shape.Group);
        CachedRowAttention.Run(
            k, row, new HeadRows(k.Element(x.Q, k.Multiply(vector, spec.HeadDim)), spec.HeadDim, spec.HeadDim, 1),
            shape.Vectors(k, x.Keys, slot, keyHead, spec.HeadDim, row.End), shape.Vectors(k, x.Values, slot, keyHead, spec.ValueHeadDim, row.End), x.Terms,
            new HeadRows(k.Element(x.O, k.Multiply(vector, spec.ValueHeadDim)), spec.ValueHeadDim, spec.ValueHeadDim, 1));
        return k.Build();
    }

    private static PtxKernel ByTiles(CacheShape shape)
    {
        AttentionSpec spec = shape.Spec;
        var tiling = AttentionTiling.OfQueries(shape.Rows, shape.Context, Math.Max(spec.HeadDim, spec.ValueHeadDim));
        int blocks = (shape.Rows + tiling.Queries - 1) / tiling.Queries;
        PtxBuilder k = Builder(shape, "Tile", new LaunchSize(blocks, spec.Heads, shape.Slots), tiling.Threads);
        Operands x = new(k, shape);
        U32 rows = shape.RowsOfSlot(k), firstRow = k.Multiply(k.Subtract(blocks - 1, k.BlockX), tiling.Queries), head = k.BlockY, slot = k.BlockZ;
        k.ExitIf(k.AtLeast(firstRow, rows));
        var scores = new CacheRows(k, shape, x.Positions, slot, rows);
        (U32 firstKey, U32 endKey) = shape.IsSource ? (0, EndOfSource(k, shape, x.Terms, scores.Row(head, firstRow))) : Visible(k, tiling, firstRow, i => scores.Row(head, i));
        U32 keyHead = k.Divide(head, shape.Group);
        OnlineSoftmax.Run(
            k,
            tiling,
            new SoftmaxOperands(
                firstRow, OfRows(x.Q, spec.HeadDim), shape.Vectors(k, x.Keys, slot, keyHead, spec.HeadDim, endKey),
                shape.Vectors(k, x.Values, slot, keyHead, spec.ValueHeadDim, endKey), OfRows(x.O, spec.ValueHeadDim),
                k.Multiply(k.Divide(firstKey, tiling.Keys), tiling.Keys), endKey, i => scores.Row(head, i), x.Terms, Dropout: null),
            keep: null);
        return k.Build();

        HeadRows OfRows(GlobalAddress tensor, int dimension) =>
            new(k.Element(tensor, k.Multiply(k.MultiplyAdd(k.Multiply(slot, rows), spec.Heads, head), dimension)), spec.Heads * dimension, dimension, rows);
    }

    /// <summary>The first key that any row of a tile sees, and one past the last.</summary>
    private static (U32 First, U32 End) Visible(PtxBuilder k, AttentionTiling tiling, U32 firstRow, Func<U32, ScoreRow> rowOf)
    {
        U32 first = k.Variable((U32)int.MaxValue), end = k.Variable((U32)0);
        k.For(0, tiling.Queries, 1, i =>
        {
            ScoreRow row = rowOf(k.Add(firstRow, i));
            k.Assign(end, k.Max(end, row.End));
            if (!row.First.Is(0)) k.Assign(first, k.Min(first, k.Select(k.Differ(row.End, 0), row.First, (U32)int.MaxValue)));
            else k.Assign(first, 0);
        });
        return (first, end);
    }

    /// <summary>One past the last key that the mask of a source leaves: those behind it may never have been appended.</summary>
    private static U32 EndOfSource(PtxBuilder k, CacheShape shape, ScoreTerms terms, ScoreRow row)
    {
        F32 end = k.Variable(0f);
        k.For(k.Thread, shape.Context, k.Threads, key =>
        {
            F32 score = terms.Score(row, key, terms.IsVisible(row, key), 0f);
            k.Assign(end, k.Select(k.Greater(score, float.NegativeInfinity), k.ToFloat(k.Add(key, 1)), end));
        });
        return k.ToWord(BlockSum.Combine(k, "ends", [end], (a, b) => k.Greatest(a, b))[0]);
    }

    private static PtxBuilder Builder(CacheShape shape, string way, LaunchSize grid, int threads) => new(
        $"{(shape.IsSource ? "CrossAttention" : "CachedAttention")}_{shape.Name}{shape.Suffix}",
        $"o[{shape.Slots} x {shape.Rows}, {shape.Spec.Heads} x {shape.Spec.ValueHeadDim}] = attention(q, cache of {shape.Context}){shape.Terms.Formula()}, by {way.ToLowerInvariant()}s",
        grid,
        new LaunchSize(threads));

    /// <summary>The buffers, declared in their order.</summary>
    private readonly struct Operands(PtxBuilder k, CacheShape shape)
    {
        public GlobalAddress Q { get; } = k.Buffer("q");

        public GlobalAddress Keys { get; } = k.Buffer("keys");

        public GlobalAddress Values { get; } = k.Buffer("values");

        public GlobalAddress? Positions { get; } = k.BufferIf(!shape.IsSource, "positions");

        public ScoreTerms Terms { get; } = new(k, shape.Terms, shape.Spec.Scale);

        public GlobalAddress O { get; } = k.Buffer("o");
    }
}
