using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What attention of whole sequences is specialised by.</summary>
/// <param name="Sequences">Sequences side by side.</param>
/// <param name="Queries">Queries of each; the most of them where rows are bounded.</param>
/// <param name="Keys">Keys of each; as many as queries where rows are bounded.</param>
/// <param name="Heads">The heads.</param>
/// <param name="Scale">What scores are multiplied with.</param>
/// <param name="Sight">Which keys a query sees.</param>
/// <param name="Terms">What is added or multiplied.</param>
/// <param name="Reach">Of the distances.</param>
/// <param name="DropoutRate">0 for none.</param>
internal sealed record AttentionKernelShape(
    int Sequences, Extent Queries, int Keys, HeadShape Heads, float Scale, SightShape Sight, AttentionTermKinds Terms, int Reach, float DropoutRate)
{
    public override string ToString() =>
        $"{Sequences}x{Queries}{(Keys == Queries.Most ? "" : $"x{Keys}")}x{Heads}{Sight.Suffix}_{FloatName.Of(Scale)}"
        + (Terms == AttentionTermKinds.None ? "" : "_" + Terms.ToString().Replace(", ", "_")) + (DropoutRate == 0f ? "" : "_Dropout" + FloatName.Of(DropoutRate));
}

/// <summary>What attention to a cache is specialised by.</summary>
/// <param name="Slots">Caches side by side.</param>
/// <param name="Rows">Queries of all slots together.</param>
/// <param name="Context">Positions that a cache has room for.</param>
/// <param name="SlotStride">Floats from one slot's cache to the next one's.</param>
/// <param name="Heads">The heads.</param>
/// <param name="Scale">What scores are multiplied with.</param>
/// <param name="Sight">Which positions a row sees.</param>
/// <param name="Terms">A key mask, distances or scores [rows, heads, context].</param>
internal sealed record CachedAttentionShape(
    int Slots, Extent Rows, int Context, int SlotStride, HeadShape Heads, float Scale, SightShape Sight, AttentionTermKinds Terms)
{
    public override string ToString() =>
        $"{Slots}x{Rows}x{Context}x{Heads}_Slot{SlotStride}{Sight.Suffix}_{FloatName.Of(Scale)}" + (Terms == AttentionTermKinds.None ? "" : "_" + Terms.ToString().Replace(", ", "_"));
}

/// <summary>
/// Attention forward, a warp for each query of each head. Simple rather than fast: keys and values come from the caches for every query, where a
/// tiled kernel would share them in a block.
/// </summary>
internal static class AttentionKernels
{
    /// <summary>o = dropout(softmax(scale · q·kᵀ + terms) · factors) · v, and ln Σ e^score for the gradient.</summary>
    public static PtxKernel Forward(AttentionKernelShape shape)
    {
        HeadShape heads = shape.Heads;
        int groups = shape.Sequences * heads.Heads, most = shape.Queries.Most;
        var k = new PtxBuilder(
            $"Attention_{shape}{shape.Queries.Suffix}",
            $"o = softmax({FloatLiteral.Format(shape.Scale)} * q * k') * v, {shape.Sequences} sequences, {most} queries, {shape.Keys} keys, heads {heads}",
            new LaunchSize(Blocks(groups * most)),
            new LaunchSize(QueryWarp.WarpsPerBlock * QueryWarp.WarpSize));
        GlobalAddress q = k.Buffer("q"), keys = k.Buffer("k"), values = k.Buffer("v");
        var terms = new TermAddresses(k, shape.Terms, shape.Reach);
        GlobalAddress o = k.Buffer("o"), logNormalizers = k.Buffer("logNormalizers");
        U32 site = shape.DropoutRate > 0f ? k.WordParameter("site") : 0;
        ControlBlock? control = shape.Queries.IsBounded || shape.DropoutRate > 0f ? new ControlBlock(k) : null;

        (U32 group, U32 query) = Warp(k, groups, most);
        U32 queries = control is { } bound ? shape.Queries.Count(k, bound) : most;
        if (shape.Queries.IsBounded) k.ExitIf(k.AtLeast(query, queries));
        U32 keyCount = shape.Queries.IsBounded ? queries : shape.Keys;
        U32 sequence = k.Divide(group, heads.Heads), head = k.Remainder(group, heads.Heads), keyHead = k.Divide(head, heads.Shared);
        U32 row = k.MultiplyAdd(sequence, queries, query), firstKey = k.Multiply(sequence, keyCount);
        U32 scoreRow = k.MultiplyAdd(group, queries, query);
        QueryTerms own = terms.Of(k, sequence, head, row, query, scoreRow, keyCount);
        var warp = new QueryWarp(k, heads, shape.Scale, Rows(k, keys, firstKey, keyHead, heads.KeyValueHeads, heads.HeadDim), Rows(k, values, firstKey, keyHead, heads.KeyValueHeads, heads.ValueHeadDim));
        F32 logNormalizer = warp.Attend(
            k.Element(q, k.Multiply(k.MultiplyAdd(row, heads.Heads, head), heads.HeadDim)),
            shape.Sight.Of(k, query, keyCount),
            own,
            Factor(k, shape, own, control, site, k.Multiply(scoreRow, keyCount)),
            k.Element(o, k.Multiply(k.MultiplyAdd(row, heads.Heads, head), heads.ValueHeadDim)));
        warp.Once(() => k.Store(k.Element(logNormalizers, scoreRow), logNormalizer));
        return k.Build();
    }

    /// <summary>Attention of new rows to a cache; a row with a negative position gives zeros.</summary>
    public static PtxKernel Cached(CachedAttentionShape shape)
    {
        HeadShape heads = shape.Heads;
        var k = new PtxBuilder(
            $"CachedAttention_{shape}{shape.Rows.Suffix}",
            $"o[{shape.Rows}] = softmax({FloatLiteral.Format(shape.Scale)} * q * k') * v, {shape.Slots} caches of {shape.Context} positions, heads {heads}",
            new LaunchSize(Blocks(shape.Rows.CheckedCount(heads.Heads))),
            new LaunchSize(QueryWarp.WarpsPerBlock * QueryWarp.WarpSize));
        GlobalAddress q = k.Buffer("q"), keys = k.Buffer("keys"), values = k.Buffer("values"), positions = k.Buffer("positions");
        var terms = new TermAddresses(k, shape.Terms, shape.Context);
        GlobalAddress o = k.Buffer("o");
        U32 rows = shape.Rows.Count(k);

        (U32 head, U32 row) = Warp(k, heads.Heads, shape.Rows.Most);
        k.ExitIf(k.AtLeast(row, rows));
        U32 perSlot = k.Divide(rows, shape.Slots), slot = k.Divide(row, perSlot), keyHead = k.Divide(head, heads.Shared);
        U32 position = k.LoadWord(k.Element(positions, row));
        U32 last = shape.Sight.Direction == SightDirection.Causal
            ? position
            : k.LoadWord(k.Element(positions, k.Subtract(k.MultiplyAdd(slot, perSlot, perSlot), 1)));
        U32 length = k.Select(k.AtLeast(position, shape.Context), 0, k.Add(last, 1));
        int context = Panel.Count(shape.Context) * Panel.Width;
        U32 start = k.Multiply(slot, shape.SlotStride);
        var keyRows = new KeyValueRows.CachedKeys(k.Element(keys, k.MultiplyAdd(keyHead, Panel.Count(heads.HeadDim) * Panel.Width * context, start)), heads.HeadDim);
        var valueRows = new KeyValueRows.CachedValues(k.Element(values, k.MultiplyAdd(keyHead, Panel.Count(heads.ValueHeadDim) * Panel.Width * context, start)), context);
        U32 vector = k.MultiplyAdd(row, heads.Heads, head);
        _ = new QueryWarp(k, heads, shape.Scale, keyRows, valueRows).Attend(
            k.Element(q, k.Multiply(vector, heads.HeadDim)),
            shape.Sight.Of(k, position, length),
            terms.Of(k, slot, head, row, position, vector, shape.Context),
            factor: null,
            k.Element(o, k.Multiply(vector, heads.ValueHeadDim)));
        return k.Build();
    }

    private static int Blocks(int warps) => (warps + QueryWarp.WarpsPerBlock - 1) / QueryWarp.WarpsPerBlock;

    /// <summary>This warp's group and its member; warps past the last end.</summary>
    private static (U32 Group, U32 Member) Warp(PtxBuilder k, int groups, int members)
    {
        U32 warp = k.MultiplyAdd(k.BlockX, QueryWarp.WarpsPerBlock, k.ShiftRight(k.Thread, 5));
        k.ExitIf(k.AtLeast(warp, groups * members));
        U32 group = k.Divide(warp, members);
        return (group, k.Subtract(warp, k.Multiply(group, members)));
    }

    private static KeyValueRows.Matrix Rows(PtxBuilder k, GlobalAddress start, U32 firstRow, U32 head, int heads, int dim) =>
        new(k.Element(start, k.Multiply(k.MultiplyAdd(firstRow, heads, head), dim)), heads * dim, dim);

    /// <summary>What the probability of a key is multiplied with.</summary>
    private static Func<U32, F32>? Factor(PtxBuilder k, AttentionKernelShape shape, QueryTerms terms, ControlBlock? control, U32 site, U32 firstElement)
    {
        if (shape.DropoutRate == 0f && terms.Factors is null) return null;
        return key =>
        {
            F32 factor = terms.Factors is { } factors ? k.Load(k.Element(factors, key)) : 1f;
            if (control is not { } known || shape.DropoutRate == 0f) return factor;
            return k.Multiply(factor, DropoutKernel.Factor(k, known, site, k.Add(firstElement, key), shape.DropoutRate));
        };
    }
}
