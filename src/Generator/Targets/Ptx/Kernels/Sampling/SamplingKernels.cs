namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What decoding does between the logits of one step and the token of the next, so that neither crosses the bus.</summary>
internal static class SamplingKernels
{
    private const int WarpSize = 32;
    private const uint NoToken = 0xFFFFFFFF;

    /// <summary>
    /// drawn[r] = a token by logits[r, vocabulary] and history[r, context], as the run-time's Sampler draws it with the same settings, filters in the
    /// same order, and the uniform number of the row's record; −1 where none can be drawn. Where the temperature is 0, the first of the
    /// greatest. The token follows those of the history, too, where there is room. A block for each row.
    /// </summary>
    /// <remarks>
    /// Parameters: logits, history, orders (workspace, <see cref="SamplingShape.WorkspaceWords"/>), drawn, control. The row's record says which
    /// position the logits are of; history has the tokens up to there. A draw differs from the run-time's only where the uniform number is within the rounding
    /// of exponentials, some 1e-7, of a border between two tokens. Sums are of integers, so that results repeat bit by bit.
    /// </remarks>
    public static PtxKernel Sample(SamplingShape shape)
    {
        shape.Check();
        var k = new PtxBuilder(
            $"Sample_{shape.Suffix}",
            $"drawn[{shape.Rows}] = tokens by logits[{shape.Rows},{shape.Vocabulary}] and history[{shape.Rows},{shape.Context}]",
            new LaunchSize(shape.Rows.Most),
            new LaunchSize(shape.Threads));
        GlobalAddress logits = k.Buffer("logits"), history = k.Buffer("history"), orders = k.Buffer("orders"), drawn = k.Buffer("drawn");
        var control = new ControlBlock(k);
        U32 row = shape.Rows.Most == 1 ? 0 : k.BlockX;
        if (shape.Rows.IsBounded) k.ExitIf(k.AtLeast(row, shape.Rows.Count(k, control)));
        var settings = new SamplerSettings(k, control, row, shape);
        var scores = new SamplerScores(k, shape, k.Element(logits, k.Multiply(row, shape.Vocabulary)), k.Element(orders, k.Multiply(row, shape.Stride)), settings);
        GlobalAddress past = k.Element(history, k.Multiply(row, shape.Context));
        scores.Copy();
        k.Barrier();
        k.If(settings.ReadsHistory, () =>
        {
            scores.Penalize(past, settings);
            k.Barrier();
            scores.ExcludeNGrams(past, settings);
            k.Barrier();
        });

        var scan = new BlockScan(k, "ofWarps", values: 2);
        (U32 order, U32 token) = Best(k, scores, scan);
        Predicate isThere = ScoreOrder.IsFinite(k, order);
        k.If(k.Not(k.And(isThere, settings.IsDrawn)), () =>
        {
            k.If(k.AreEqual(k.Thread, 0), () => Store(k.Select(isThere, token, NoToken)));
            k.Return();
        });

        var weights = new SamplerWeights(k, ScoreOrder.Score(k, order), settings.Temperature, shape.Threads);
        var search = new TokenSearch(k, shape, scores, weights, scan);
        U64 target = k.Variable(0UL);
        k.If(settings.IsRanked, () =>
        {
            (U32 Order, U64 Target) found = new ScoreRanking(k, scores, weights, settings, scan).Draw();
            k.Assign(search.FirstOrder, found.Order);
            k.Assign(search.Distance, 0);
            k.Assign(target, found.Target);
        });
        search.Find(mass => k.Select(settings.IsRanked, target, k.MultiplyHigh(settings.Draw(), mass)), Store);
        return k.Build();

        void Store(U32 found)
        {
            k.StoreWord(k.Element(drawn, row), found);
            U32 next = k.Add(settings.Position(), 1);
            k.If(k.Less(next, shape.Context), () => k.StoreWord(k.Element(past, next), found));
        }
    }

    /// <summary>
    /// What a decoding step is fed: tokens[r] and positions[r] of the row's record, and the token after those of history[r, context]. Where the
    /// record has no token, it is the one that was drawn last, drawn[r]; 0 where none could be, so that what follows stays within its tables.
    /// </summary>
    /// <remarks>Parameters: drawn, tokens, positions, history, control. A thread for each row.</remarks>
    public static PtxKernel Feed(SamplingShape shape)
    {
        shape.Check();
        var k = new PtxBuilder(
            $"Feed_{shape.Suffix}",
            $"tokens[{shape.Rows}], positions[{shape.Rows}] = what is fed next; history[{shape.Rows},{shape.Context}] = it, too",
            new LaunchSize((shape.Rows.Most + WarpSize - 1) / WarpSize),
            new LaunchSize(WarpSize));
        GlobalAddress drawn = k.Buffer("drawn"), tokens = k.Buffer("tokens"), positions = k.Buffer("positions"), history = k.Buffer("history");
        var control = new ControlBlock(k);
        U32 row = k.MultiplyAdd(k.BlockX, WarpSize, k.Thread);
        k.ExitIf(k.AtLeast(row, shape.Rows.Count(k, control)));
        U32 given = control.Word(row, ControlRowField.Token), position = control.Word(row, ControlRowField.Position);
        Predicate isDrawn = k.AreEqual(given, NoToken);
        U32 last = k.LoadWordOr(k.Element(drawn, row), 0, isDrawn);
        U32 token = k.Select(isDrawn, k.Select(k.Less(last, shape.Vocabulary), last, (U32)0), given);
        k.StoreWord(k.Element(tokens, row), token);
        k.StoreWord(k.Element(positions, row), position);
        k.If(k.Less(position, shape.Context), () => k.StoreWord(k.Element(history, k.MultiplyAdd(row, shape.Context, position)), token));
        return k.Build();
    }

    /// <summary>The least order, and the first token that has it, known to all threads.</summary>
    private static (U32 Order, U32 Token) Best(PtxBuilder k, SamplerScores scores, BlockScan warps)
    {
        U64 best = k.Variable(ulong.MaxValue);
        scores.ForEach((order, token) => k.Assign(best, k.Min(best, k.Pack(token, order))));
        k.ForPowersOfTwo(WarpSize, mask => k.Assign(best, k.Min(best, k.ShuffleXor(best, mask))));
        int count = k.Threads / WarpSize;
        var longs = new SharedLongs(k, count);
        SharedAddress ofWarps = k.Shared("best", 2 * count);
        k.If(k.AreEqual(warps.Lane, 0), () => longs.Store(k.Element(ofWarps, warps.Warp), best));
        k.Barrier();
        k.For(0, count, 1, warp => k.Assign(best, k.Min(best, longs.Load(k.Element(ofWarps, warp)))));
        (U32 token, U32 order) = k.Unpack(best);
        return (order, token);
    }
}
