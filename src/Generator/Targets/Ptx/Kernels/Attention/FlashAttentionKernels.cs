using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// o = dropout(softmax(scale · q·kᵀ + terms) · factors) · v for each head of each sequence. A block has some queries of one head, and goes over
/// the tiles of keys that any of them sees.
/// </summary>
internal static class FlashAttentionKernels
{
    /// <summary>Parameters: q, k, v, the terms in their order, o, logNormalizers where they are kept, site with dropout, control with dropout or bounds.</summary>
    /// <exception cref="NoKernelException">Heads are wider than 256.</exception>
    public static PtxKernel Forward(SequenceAttention attention, LogNormalizers kept)
    {
        AttentionSpec spec = attention.Spec;
        spec.Check();
        var tiling = AttentionTiling.OfQueries(attention.Shape.Queries, attention.Shape.Keys, attention.WidestHead);
        int blocks = (attention.Shape.Queries + tiling.Queries - 1) / tiling.Queries;
        var k = new PtxBuilder(
            $"Attention_{attention.Shape.Name}{attention.Suffix}{(kept == LogNormalizers.Kept ? "_LogNormalizers" : "")}",
            $"o[{attention.Shape.Sequences} x {attention.Shape.Queries}, {spec.Heads} x {spec.ValueHeadDim}] = attention(q, k, v){attention.Terms.Formula()}",
            new LaunchSize(blocks, spec.Heads, attention.Shape.Sequences),
            new LaunchSize(tiling.Threads));
        GlobalAddress q = k.Buffer("q"), keys = k.Buffer("k"), values = k.Buffer("v");
        var terms = new ScoreTerms(k, attention.Terms, spec.Scale);
        GlobalAddress o = k.Buffer("o");
        GlobalAddress? logNormalizers = k.BufferIf(kept == LogNormalizers.Kept, "logNormalizers");
        var place = new SequencePlace(k, attention);

        U32 head = k.BlockY, keyHead = place.KeyValueHead(head);
        U32 firstQuery = k.Multiply(k.Subtract(blocks - 1, k.BlockX), tiling.Queries);
        k.ExitIf(k.AtLeast(firstQuery, place.Queries));
        U32 lastQuery = k.Subtract(k.Min(k.Add(firstQuery, tiling.Queries), place.Queries), 1);
        U32 firstKey = k.Multiply(k.Divide(VisibleKeys.First(k, spec, firstQuery), tiling.Keys), tiling.Keys);
        OnlineSoftmax.Run(
            k,
            tiling,
            new SoftmaxOperands(
                firstQuery, place.OfQueries(q, head, spec.HeadDim), place.OfKeys(keys, keyHead, spec.HeadDim), place.OfKeys(values, keyHead, spec.ValueHeadDim),
                place.OfQueries(o, head, spec.ValueHeadDim), firstKey, VisibleKeys.End(k, spec, lastQuery, place.Keys), query => place.Row(head, query), terms,
                place.Dropout),
            logNormalizers is { } start ? (row, value) => k.Store(k.Element(start, row.Row), value) : null);
        return k.Build();
    }
}
