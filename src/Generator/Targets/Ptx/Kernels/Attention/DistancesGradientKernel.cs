using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// dDistances[h, reach − 1 + δ] = addend + Σ over sequences and queries i of dScores[·, h, i, i + δ]. A thread has a distance, and adds 64 queries at a
/// time, so that rounding errors grow with queries / 64.
/// </summary>
internal static class DistancesGradientKernel
{
    private const int QueriesPerSum = 64;

    /// <summary>Parameters: dScores, addend where there is one, dDistances, which may be the addend.</summary>
    public static PtxKernel Of(AttentionShape shape, int reach, Addend addend)
    {
        int heads = shape.Spec.Heads, queries = shape.Queries, keys = shape.Keys, distances = 2 * reach - 1;
        ElementGrid grid = new(
            $"DistancesGradient_{shape.Sequences}x{queries}x{keys}x{heads}_{reach}{addend.Suffix()}",
            $"dDistances[{heads},{distances}] = sums of dScores[{shape.Sequences},{heads},{queries},{keys}] by distance{addend.Term()}",
            Extent.Of(heads),
            distances,
            1);
        PtxBuilder k = grid.Builder;
        GlobalAddress dScores = k.Buffer("dScores");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dDistances = k.Buffer("dDistances");
        (U32 head, U32 distance) = grid.Begin();
        U32 index = k.MultiplyAdd(head, distances, distance);
        F32 total = k.Variable(added is { } tensor ? k.Load(k.Element(tensor, index)) : 0f);
        U32 reversed = k.Subtract(reach - 1, distance);
        k.For(0, shape.Sequences, 1, sequence =>
        {
            U32 plane = k.Multiply(k.MultiplyAdd(sequence, heads, head), queries);
            k.For(0, queries, QueriesPerSum, first =>
            {
                F32 sum = k.Variable(0f);
                U32 end = k.Min(k.Add(first, QueriesPerSum), queries);
                k.For(first, end, 1, query =>
                {
                    // A key before the first is a great number.
                    U32 key = k.Subtract(query, reversed);
                    Predicate isThere = k.Less(key, keys);
                    k.AddTo(sum, k.LoadOrZero(k.Element(dScores, k.MultiplyAdd(k.Add(plane, query), keys, key)), 1, isThere)[0]);
                });
                k.AddTo(total, sum);
            });
        });
        k.Store(k.Element(dDistances, index), total);
        return k.Build();
    }
}
