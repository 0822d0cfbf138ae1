using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Whether what else is gathered with the weights adds to their gradients, [sequences, heads, queries, keys].</summary>
internal enum WeightGradient
{
    None,
    Added,
}

/// <summary>Whether the gradient of what was added to scores is stored, [sequences, heads, queries, keys].</summary>
internal enum ScoreGradient
{
    Dropped,
    Kept,
}

/// <summary>
/// The gradients of <see cref="FlashAttentionKernels"/>: first the means D = do·o of all queries, then dq by blocks of queries and dk and dv by blocks of
/// keys, both with the probabilities computed again. A gradient has one owner, who adds in one order.
/// </summary>
internal static class AttentionGradientKernels
{
    /// <summary>Floats of the means, [sequences, heads, queries].</summary>
    public static int MeanFloats(SequenceAttention attention) => checked(attention.Shape.Sequences * attention.Spec.Heads * attention.Shape.Queries);

    /// <summary>Parameters: dO, o, means.</summary>
    public static PtxKernel Means(SequenceAttention attention)
    {
        RequireFixed(attention);
        int queries = attention.Shape.Queries, heads = attention.Spec.Heads, columns = attention.Spec.ValueHeadDim;
        var rows = Extent.Of(MeanFloats(attention));
        PtxBuilder k = RowTeam.Kernel(
            $"AttentionMeans_{attention.Shape.Sequences}x{queries}x{heads}x{columns}",
            $"means[{attention.Shape.Sequences},{heads},{queries}] = sums over {columns} of dO * o", rows, columns);
        GlobalAddress dO = k.Buffer("dO"), o = k.Buffer("o"), means = k.Buffer("means");
        var team = RowTeam.Begin(k, rows, columns);
        (dO, o) = (team.RowOf(dO), team.RowOf(o));
        F32 sum = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            F32[] left = k.Load(k.Element(dO, column), team.Width), right = k.Load(k.Element(o, column), team.Width);
            for (int lane = 0; lane < left.Length; lane++) k.MultiplyAddTo(sum, left[lane], right[lane]);
        });
        F32 mean = team.Sum(sum);
        U32 row = k.Divide(team.Row, heads), head = k.Subtract(team.Row, k.Multiply(row, heads));
        U32 sequence = k.Divide(row, queries), query = k.Subtract(row, k.Multiply(sequence, queries));
        team.Once(() => k.Store(k.Element(means, k.MultiplyAdd(k.MultiplyAdd(sequence, heads, head), queries, query)), mean));
        return k.Build();
    }

    /// <summary>
    /// Parameters: dO, q, k, v, logNormalizers, means, the terms in their order, dWeights where they are added, dQ, dScores where they are kept, site and
    /// control with dropout. All of dQ and dScores is written.
    /// </summary>
    public static PtxKernel Queries(SequenceAttention attention, WeightGradient weightGradient, ScoreGradient scoreGradient)
    {
        RequireFixed(attention);
        AttentionSpec spec = attention.Spec;
        var tiling = AttentionTiling.OfQueries(attention.Shape.Queries, attention.Shape.Keys, attention.WidestHead);
        int blocks = (attention.Shape.Queries + tiling.Queries - 1) / tiling.Queries;
        string suffix = attention.Suffix + (weightGradient == WeightGradient.Added ? "_Weights" : "") + (scoreGradient == ScoreGradient.Kept ? "_ScoreGradient" : "");
        var k = new PtxBuilder(
            $"AttentionQueryGradient_{attention.Shape.Name}{suffix}",
            $"dQ[{attention.Shape.Sequences} x {attention.Shape.Queries}, {spec.Heads} x {spec.HeadDim}] = attention'(dO)",
            new LaunchSize(blocks, spec.Heads, attention.Shape.Sequences),
            new LaunchSize(tiling.Threads));
        GlobalAddress dO = k.Buffer("dO"), q = k.Buffer("q"), keys = k.Buffer("k"), values = k.Buffer("v");
        var gradients = new ScoreGradients(k, attention, weightGradient);
        GlobalAddress dQ = k.Buffer("dQ");
        GlobalAddress? dScores = k.BufferIf(scoreGradient == ScoreGradient.Kept, "dScores");
        var place = new SequencePlace(k, attention);

        U32 head = k.BlockY, keyHead = place.KeyValueHead(head), firstQuery = k.Multiply(k.Subtract(blocks - 1, k.BlockX), tiling.Queries);
        U32 lastQuery = k.Subtract(k.Min(k.Add(firstQuery, tiling.Queries), place.Queries), 1);
        U32 firstKey = k.Multiply(k.Divide(VisibleKeys.First(k, spec, firstQuery), tiling.Keys), tiling.Keys), endKey = VisibleKeys.End(k, spec, lastQuery, place.Keys);
        if (dScores is not null) (firstKey, endKey) = (0, place.Keys);
        HeadRows vectors = place.OfQueries(q, head, spec.HeadDim), slopes = place.OfQueries(dO, head, spec.ValueHeadDim);
        HeadRows keyRows = place.OfKeys(keys, keyHead, spec.HeadDim), valueRows = place.OfKeys(values, keyHead, spec.ValueHeadDim);

        var shared = new GradientTiles(k, tiling, spec.HeadDim);
        var tile = new ScoreTile(k, tiling);
        var sums = new TileSums(k, tile, tiling.Queries, spec.HeadDim);
        var threads = new TilePlace(k, tiling);
        GradientRow row = gradients.Row(place, head, k.Add(firstQuery, threads.Query));
        SharedAddress products = threads.Row(shared.Products), ofThread = threads.Row(shared.Slopes);
        k.For(firstKey, endKey, tiling.Keys, key =>
        {
            tile.Write(vectors, firstQuery, keyRows, key, shared.Staging, shared.Products);
            tile.Write(slopes, firstQuery, valueRows, key, shared.Staging, shared.Slopes);
            k.Barrier();
            threads.ForEachGroup(column => gradients.Apply(place, row, k.Add(key, column), k.Element(products, column), k.Element(ofThread, column), dScores));
            sums.AddKeys(keyRows, key, k.Min(k.Subtract(endKey, key), tiling.Keys), shared.Staging, shared.Slopes);
        });
        sums.Store(place.OfQueries(dQ, head, spec.HeadDim), firstQuery);
        return k.Build();
    }

    /// <summary>
    /// Parameters: dO, q, k, v, logNormalizers, means, the terms in their order, dWeights where they are added, dK, dV, site and control with dropout.
    /// All of dK and dV is written. The sums run over the heads that share the key/value head, and over the queries of each.
    /// </summary>
    public static PtxKernel KeysAndValues(SequenceAttention attention, WeightGradient weightGradient)
    {
        RequireFixed(attention);
        AttentionSpec spec = attention.Spec;
        var tiling = AttentionTiling.OfKeys(attention.Shape.Queries, attention.Shape.Keys, attention.WidestHead);
        int blocks = (attention.Shape.Keys + tiling.Keys - 1) / tiling.Keys;
        var k = new PtxBuilder(
            $"AttentionKeyValueGradient_{attention.Shape.Name}{attention.Suffix}{(weightGradient == WeightGradient.Added ? "_Weights" : "")}",
            $"dK, dV[{attention.Shape.Sequences} x {attention.Shape.Keys}, {spec.KeyValueHeads} x {spec.HeadDim}, {spec.ValueHeadDim}] = attention'(dO)",
            new LaunchSize(blocks, spec.KeyValueHeads, attention.Shape.Sequences),
            new LaunchSize(tiling.Threads));
        GlobalAddress dO = k.Buffer("dO"), q = k.Buffer("q"), keys = k.Buffer("k"), values = k.Buffer("v");
        var gradients = new ScoreGradients(k, attention, weightGradient);
        GlobalAddress dK = k.Buffer("dK"), dV = k.Buffer("dV");
        var place = new SequencePlace(k, attention);

        U32 keyHead = k.BlockY, firstKey = k.Multiply(k.BlockX, tiling.Keys), endKey = k.Min(k.Add(firstKey, tiling.Keys), place.Keys);
        U32 firstQuery = k.Multiply(k.Divide(VisibleKeys.FirstPosition(k, spec, firstKey), tiling.Queries), tiling.Queries);
        U32 endQuery = VisibleKeys.EndPosition(k, spec, endKey, place.Queries);
        HeadRows keyRows = place.OfKeys(keys, keyHead, spec.HeadDim), valueRows = place.OfKeys(values, keyHead, spec.ValueHeadDim);

        var shared = new GradientTiles(k, tiling, attention.WidestHead);
        var tile = new ScoreTile(k, tiling);
        TileSums keySums = new(k, tile, tiling.Keys, spec.HeadDim), valueSums = new(k, tile, tiling.Keys, spec.ValueHeadDim);
        var threads = new TilePlace(k, tiling);
        SharedAddress products = threads.Row(shared.Products), ofThread = threads.Row(shared.Slopes);
        k.For(0, attention.Group, 1, member =>
        {
            U32 head = k.MultiplyAdd(keyHead, attention.Group, member);
            HeadRows vectors = place.OfQueries(q, head, spec.HeadDim), slopes = place.OfQueries(dO, head, spec.ValueHeadDim);
            k.For(firstQuery, endQuery, tiling.Queries, query =>
            {
                tile.Write(vectors, query, keyRows, firstKey, shared.Staging, shared.Products);
                tile.Write(slopes, query, valueRows, firstKey, shared.Staging, shared.Slopes);
                k.Barrier();
                GradientRow row = gradients.Row(place, head, k.Add(query, threads.Query));
                threads.ForEachGroup(column => gradients.Apply(place, row, k.Add(firstKey, column), k.Element(products, column), k.Element(ofThread, column), null));
                U32 count = k.Min(k.Subtract(place.Queries, query), tiling.Queries);
                valueSums.AddQueries(slopes, query, count, shared.Staging, shared.Products);
                keySums.AddQueries(vectors, query, count, shared.Staging, shared.Slopes);
            });
        });
        keySums.Store(place.OfKeys(dK, keyHead, spec.HeadDim), firstKey);
        valueSums.Store(place.OfKeys(dV, keyHead, spec.ValueHeadDim), firstKey);
        return k.Build();
    }

    private static void RequireFixed(SequenceAttention attention)
    {
        attention.Spec.Check();
        if (attention.Bounds != AttentionBounds.None)
            throw new NoKernelException("Gradients of attention are of extents that are known when the kernel is written.");
    }

    /// <summary>The two tiles of a gradient in shared memory, and room for what goes through it.</summary>
    private readonly struct GradientTiles(PtxBuilder k, AttentionTiling tiling, int columns)
    {
        public SharedAddress Products { get; } = k.Shared("products", tiling.Floats);

        public SharedAddress Slopes { get; } = k.Shared("slopes", tiling.Floats);

        public SharedAddress Staging { get; } = k.Shared("staging", Math.Max(ScoreTile.StagingFloats(tiling), TileSums.StagingFloats(tiling, columns)));
    }
}
