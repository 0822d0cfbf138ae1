using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// w_ij = p_ij · factors[i, j]      p as in Attention, CachedAttention and CrossAttention, terms included, nothing dropped
//
// A task is up to 32 queries of a head: WeightRows.cs.

/// <summary>The probabilities of attention themselves, for those who want to see them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class AttentionWeights
{
    /// <summary>Of whole sequences, as <c>Attention.ForwardWithTerms</c> has them.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">[sequences · queries, Heads · HeadDim].</param>
    /// <param name="k">[sequences · keys, KeyValueHeads · HeadDim].</param>
    /// <param name="keyMask">[sequences, keys]; 0 hides a key. Any term may be none.</param>
    /// <param name="distances">[Heads, 2 · reach − 1].</param>
    /// <param name="reach">At least the number of queries and of keys.</param>
    /// <param name="scores">[sequences, Heads, queries, keys].</param>
    /// <param name="pairs">[sequences, queries, keys].</param>
    /// <param name="factors">[sequences, queries, keys].</param>
    /// <param name="scale">What scores are multiplied with; positive.</param>
    /// <param name="mask">Which keys a query sees.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="queries">Queries in each.</param>
    /// <param name="keys">Keys in each.</param>
    /// <param name="weights">[sequences, Heads, queries, keys], zeros for hidden keys.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are distances, and more queries or keys than they reach over.</exception>
    public static void Forward<THeads, TKeyValueHeads, THeadDim>(
        ComputeTeam team, Pointer<float> q, Pointer<float> k,
        Pointer<int> keyMask, Pointer<float> distances, int reach, Pointer<float> scores, Pointer<float> pairs, Pointer<float> factors,
        float scale, AttentionMask mask, int sequences, int queries, int keys, Pointer<float> weights)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension =>
        Forward<THeads, TKeyValueHeads, THeadDim, Fastest>(
            team, q, k, new(keyMask, distances, reach, scores, pairs, factors, THeads.Value, queries, keys), scale, mask, sequences, queries, keys, weights);

    internal static void Forward<THeads, TKeyValueHeads, THeadDim, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> k, in AttentionTerms terms, float scale, AttentionMask mask, int sequences, int queries, int keys,
        Pointer<float> weights)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        Attention.CheckHeads<THeads, TKeyValueHeads, THeadDim, THeadDim>();
        SequenceWeights<THeads, TKeyValueHeads, THeadDim> tasks = new()
        {
            Q = q.Value,
            K = k.Value,
            Terms = terms,
            Scale = scale,
            Mask = mask,
            Queries = queries,
            Keys = keys,
            Weights = weights.Value,
        };
        long work = (long)sequences * THeads.Value * queries * keys * THeadDim.Value;
        TaskList.Run<SequenceWeights<THeads, TKeyValueHeads, THeadDim>, TInstructions>(team, tasks, sequences * THeads.Value * tasks.Chunks, work);
    }

    /// <summary>Of rows that attend to a cache, as <c>CachedAttention.ForwardWithTerms</c> has them.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">[slots · sequence, Heads · HeadDim].</param>
    /// <param name="keyCache">The first slot's keys.</param>
    /// <param name="positions">[slots · sequence]; the keys up to there have been appended. A row with a negative one gives zeros.</param>
    /// <param name="distances">[Heads, 2 · reach − 1], or none.</param>
    /// <param name="reach">At least Context.</param>
    /// <param name="scores">[slots · sequence, Heads, Context], or none.</param>
    /// <param name="scale">What scores are multiplied with; positive.</param>
    /// <param name="mask">What a row sees of the cache.</param>
    /// <param name="slots">The number of slots.</param>
    /// <param name="sequence">Rows for each slot.</param>
    /// <param name="slotStride">Floats from one slot's cache to the next one's.</param>
    /// <param name="weights">[slots · sequence, Heads, Context], zeros for what a row does not see.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is not below Context, or there are distances that do not reach over it.</exception>
    public static void Cached<THeads, TKeyValueHeads, THeadDim, TContext>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<int> positions, Pointer<float> distances, int reach, Pointer<float> scores,
        float scale, AttentionMask mask, int slots, int sequence, nint slotStride, Pointer<float> weights)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        if (!distances.IsNull) ArgumentOutOfRangeException.ThrowIfLessThan(reach, TContext.Value);
        CacheTerms terms = new() { Distances = distances.Value, Reach = reach, Scores = scores.Value };
        Cached<THeads, TKeyValueHeads, THeadDim, TContext, Fastest>(team, q, keyCache, positions, terms, scale, mask, slots, sequence, slotStride, weights);
    }

    internal static void Cached<THeads, TKeyValueHeads, THeadDim, TContext, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<int> positions, in CacheTerms terms,
        float scale, AttentionMask mask, int slots, int sequence, nint slotStride, Pointer<float> weights)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        KeyValueCache.CheckPositions<TContext>(positions, slots * sequence);
        OfCache<THeads, TKeyValueHeads, THeadDim, TContext, TInstructions>(
            team, new()
            {
                Q = q.Value,
                Keys = keyCache.Value,
                Positions = positions.Value,
                Terms = terms,
                Scale = scale,
                Mask = mask,
                Slots = slots,
                Sequence = sequence,
                SlotStride = slotStride,
                O = weights.Value,
            });
    }

    /// <summary>Of rows that attend to the source of their slot, as <c>CrossAttention.Forward</c> has them.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">[slots · sequence, Heads · HeadDim].</param>
    /// <param name="keyCache">The first slot's keys.</param>
    /// <param name="sourceMask">[slots, Keys]; 0 hides a key.</param>
    /// <param name="scale">What scores are multiplied with; positive.</param>
    /// <param name="slots">The number of slots.</param>
    /// <param name="sequence">Rows for each slot.</param>
    /// <param name="slotStride">Floats from one slot's cache to the next one's.</param>
    /// <param name="weights">[slots · sequence, Heads, Keys], zeros for hidden keys.</param>
    public static void Cross<THeads, TKeyValueHeads, THeadDim, TKeys>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<int> sourceMask, float scale, int slots, int sequence, nint slotStride,
        Pointer<float> weights)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TKeys : struct, IDimension =>
        Cross<THeads, TKeyValueHeads, THeadDim, TKeys, Fastest>(team, q, keyCache, sourceMask, scale, slots, sequence, slotStride, weights);

    internal static void Cross<THeads, TKeyValueHeads, THeadDim, TKeys, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<int> sourceMask, float scale, int slots, int sequence, nint slotStride,
        Pointer<float> weights)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TKeys : struct, IDimension
        where TInstructions : struct, IInstructions =>
        OfCache<THeads, TKeyValueHeads, THeadDim, TKeys, TInstructions>(
            team, new()
            {
                Q = q.Value,
                Keys = keyCache.Value,
                Terms = new() { KeyMask = sourceMask.Value },
                Scale = scale,
                Slots = slots,
                Sequence = sequence,
                SlotStride = slotStride,
                O = weights.Value,
            });

    /// <summary>The weights take the place of the output.</summary>
    private static void OfCache<THeads, TKeyValueHeads, THeadDim, TContext, TInstructions>(
        ComputeTeam team, in CacheTasks.CacheRows<THeads, TKeyValueHeads, THeadDim, THeadDim, TContext, WithTerms> rows)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        Attention.CheckHeads<THeads, TKeyValueHeads, THeadDim, THeadDim>();
        CacheWeights<THeads, TKeyValueHeads, THeadDim, TContext> tasks = new() { Rows = rows };
        long work = (long)rows.Slots * rows.Sequence * THeads.Value * TContext.Value * THeadDim.Value;
        TaskList.Run<CacheWeights<THeads, TKeyValueHeads, THeadDim, TContext>, TInstructions>(team, tasks, rows.Slots * THeads.Value * tasks.Chunks, work);
    }
}
