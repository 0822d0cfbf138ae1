using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The probabilities of attention for those who want to see them: softmax(scale · q·kᵀ + terms) · factors, nothing dropped. A block has one query of one
/// head, a thread some of its keys.
/// </summary>
internal static class AttentionWeightsKernels
{
    private const int Threads = 128;

    /// <summary>Of whole sequences. Parameters: q, k, the terms in their order, weights [sequences, heads, queries, keys], control where there are bounds.</summary>
    public static PtxKernel Of(SequenceAttention attention)
    {
        AttentionSpec spec = attention.Spec;
        var k = new PtxBuilder(
            $"AttentionWeights_{attention.Shape.Name}{attention.Suffix}",
            $"weights[{attention.Shape.Sequences},{spec.Heads},{attention.Shape.Queries},{attention.Shape.Keys}] = softmax(q, k){attention.Terms.Formula()}",
            new LaunchSize(attention.Shape.Queries, spec.Heads, attention.Shape.Sequences),
            new LaunchSize(Threads));
        GlobalAddress q = k.Buffer("q"), keys = k.Buffer("k");
        var terms = new ScoreTerms(k, attention.Terms, spec.Scale);
        GlobalAddress weights = k.Buffer("weights");
        var place = new SequencePlace(k, attention with { DropoutRate = 0 });
        U32 query = k.BlockX, head = k.BlockY;
        if (attention.Bounds != AttentionBounds.None) k.ExitIf(k.AtLeast(query, place.Queries));
        ScoreRow row = place.Row(head, query);
        HeadRows queries = place.OfQueries(q, head, spec.HeadDim);
        Write(
            k, row, k.Element(queries.First, k.Multiply(query, queries.Stride)), place.OfKeys(keys, place.KeyValueHead(head), spec.HeadDim), terms,
            k.Element(weights, row.Scores));
        return k.Build();
    }

    /// <summary>
    /// Of rows that attend to a cache, or to a source. Parameters: q, keys, positions (not of a source), the terms in their order, weights [rows, heads,
    /// context], control where rows are bounded.
    /// </summary>
    public static PtxKernel OfCache(CacheShape shape)
    {
        shape.Check();
        AttentionSpec spec = shape.Spec;
        var k = new PtxBuilder(
            $"{(shape.IsSource ? "CrossAttentionWeights" : "CachedAttentionWeights")}_{shape.Name}{shape.Suffix}",
            $"weights[{shape.Slots} x {shape.Rows},{spec.Heads},{shape.Context}] = softmax(q, cache){shape.Terms.Formula()}",
            new LaunchSize(shape.Rows, spec.Heads, shape.Slots),
            new LaunchSize(Threads));
        GlobalAddress q = k.Buffer("q"), keys = k.Buffer("keys");
        GlobalAddress? positions = k.BufferIf(!shape.IsSource, "positions");
        var terms = new ScoreTerms(k, shape.Terms, spec.Scale);
        GlobalAddress weights = k.Buffer("weights");
        U32 rows = shape.RowsOfSlot(k), index = k.BlockX, head = k.BlockY, slot = k.BlockZ;
        if (shape.Bounds != AttentionBounds.None) k.ExitIf(k.AtLeast(index, rows));
        ScoreRow row = new CacheRows(k, shape, positions, slot, rows).Row(head, index);
        U32 vector = k.MultiplyAdd(row.Row, spec.Heads, head);
        Write(
            k, row, k.Element(q, k.Multiply(vector, spec.HeadDim)), shape.Vectors(k, keys, slot, k.Divide(head, shape.Group), spec.HeadDim, shape.Context), terms,
            k.Element(weights, row.Scores));
        return k.Build();
    }

    /// <summary>Writes a row of weights for all keys; what it sees is read again by the thread that wrote it.</summary>
    private static void Write(PtxBuilder k, ScoreRow row, GlobalAddress query, HeadRows keys, ScoreTerms terms, GlobalAddress weights)
    {
        int columns = keys.Columns, width = keys.Width;
        SharedAddress q = k.Shared("query", columns);
        k.For(k.Thread, columns, Threads, column => k.Store(k.Element(q, column), k.Load(k.Element(query, column))));
        k.Barrier();

        F32 greatest = k.Variable(float.NegativeInfinity);
        k.For(k.Thread, keys.Count, Threads, key =>
        {
            Predicate isVisible = terms.IsVisible(row, key);
            F32 product = k.Variable(0f);
            k.If(isVisible, () =>
            {
                GlobalAddress vector = k.Element(keys.First, k.Multiply(key, keys.Stride));
                k.For(0, columns, width, column =>
                {
                    F32[] left = width == 1 ? [k.Load(k.Element(q, column))] : k.LoadFour(k.Element(q, column)), right = k.Load(k.Element(vector, column), width);
                    for (int lane = 0; lane < width; lane++) k.MultiplyAddTo(product, left[lane], right[lane]);
                });
            });
            F32 score = terms.Score(row, key, isVisible, product);
            k.Store(k.Element(weights, key), score);
            k.Assign(greatest, k.Greatest(greatest, score));
        });
        F32 maximum = BlockSum.Combine(k, "greatest", [greatest], (a, b) => k.Greatest(a, b))[0];
        F32 limit = k.Select(k.Greater(maximum, float.NegativeInfinity), maximum, 0f), sum = k.Variable(0f);
        k.For(k.Thread, keys.Count, Threads, key =>
        {
            GlobalAddress address = k.Element(weights, key);
            F32 exponential = Functions.Exp(k, k.Subtract(k.Load(address), limit));
            k.Store(address, exponential);
            k.AddTo(sum, exponential);
        });
        F32 normalizer = BlockSum.Of(k, "normalizer", sum)[0], share = k.Select(k.Greater(normalizer, 0f), k.Reciprocal(normalizer), 0f);
        k.For(k.Thread, keys.Count, Threads, key =>
        {
            GlobalAddress address = k.Element(weights, key);
            F32 weight = k.Multiply(k.Load(address), share);
            k.Store(address, terms.Factor(row, key, terms.IsVisible(row, key)) is { } factor ? k.Multiply(weight, factor) : weight);
        });
    }
}
