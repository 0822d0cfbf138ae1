namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Finds, in the order of their numbers, the token with which the masses of some tokens exceed a target: first the stretch of a warp, then,
/// with a thread for each of its tokens, the token.
/// </summary>
internal sealed class TokenSearch
{
    private const int WarpSize = 32;
    private readonly PtxBuilder _k;
    private readonly SamplingShape _shape;
    private readonly SamplerScores _scores;
    private readonly SamplerWeights _weights;
    private readonly BlockScan _scan;

    public TokenSearch(PtxBuilder k, SamplingShape shape, SamplerScores scores, SamplerWeights weights, BlockScan scan)
    {
        _k = k;
        _shape = shape;
        _scores = scores;
        _weights = weights;
        _scan = scan;
        FirstOrder = k.Variable((U32)0);
        Distance = k.Variable((U32)uint.MaxValue);
    }

    /// <summary>The least order of the tokens that count; a variable.</summary>
    public U32 FirstOrder { get; }

    /// <summary>The greatest is so much above it; a variable.</summary>
    public U32 Distance { get; }

    /// <param name="targetOf">From the mass of all tokens that count, the target.</param>
    /// <param name="body">For the one thread that finds the token, with the token.</param>
    public void Find(Func<U64, U64> targetOf, Action<U32> body)
    {
        PtxBuilder k = _k;
        const int group = 4 * WarpSize;
        int warps = _shape.Threads / WarpSize, stretch = (_shape.Stride + warps * group - 1) / (warps * group) * group;
        U32 first = k.Multiply(_scan.Warp, stretch);
        U64 sum = k.Variable(0UL);
        _scores.ForEach(k.MultiplyAdd(_scan.Lane, 4, first), End(first), group, (order, _) => AddMass(sum, order));
        (U32 warp, U64 beforeWarp, U64 target) = _scan.FirstWarp(sum, targetOf);

        U32 start = k.Multiply(warp, stretch), end = End(start), token = k.Variable(k.Add(start, k.Thread));
        U64 passed = k.Variable(beforeWarp);
        k.Barrier();
        k.DoWhile(() =>
        {
            U64 own = k.Variable(0UL);
            k.If(k.Less(token, end), () => AddMass(own, k.LoadWord(k.Element(_scores.Orders, token))));
            (U64 before, U64 total) = _scan.BeforeAndTotal(own);
            k.If(BlockScan.IsWithin(k, target, k.Add(before, passed), own), () => body(token));
            k.AddTo(passed, total);
            k.AddTo(token, _shape.Threads);
            k.Barrier();
            return k.Not(k.Less(target, passed));
        });

        U32 End(U32 begin) => k.Min(k.Add(begin, stretch), _shape.Stride);
    }

    private void AddMass(U64 sum, U32 order) =>
        _k.If(_k.AtLeast(Distance, _k.Subtract(order, FirstOrder)), () => _k.AddTo(sum, _weights.MassOf(order)));
}
