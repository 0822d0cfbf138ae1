using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// o_i = Σ_j p_ij · v_j      p_ij = softmax_j(scale · q_i·k_j) over the positions j of the cache that row i sees
//
// Distances and scores are added to the scaled products as in AttentionTerms.cs. How the work is split: CacheTasks.cs.

/// <summary>Attention of new rows to the positions in a <see cref="KeyValueCache"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class CachedAttention
{
    /// <summary>Each row attends to positions 0 … its own of its slot, or without causality to 0 … that of the slot's last row.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">[slots · sequence, Heads · HeadDim].</param>
    /// <param name="keyCache">The first slot's keys.</param>
    /// <param name="valueCache">The first slot's values.</param>
    /// <param name="positions">[slots · sequence]; the keys and values up to there have been appended. A row with a negative one gives zeros.</param>
    /// <param name="scale">What scores are multiplied with; positive.</param>
    /// <param name="mask">What a row sees of the cache.</param>
    /// <param name="slots">The number of slots.</param>
    /// <param name="sequence">Rows for each slot.</param>
    /// <param name="slotStride">Floats from one slot's cache to the next one's.</param>
    /// <param name="o">[slots · sequence, Heads · ValueHeadDim].</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is not below Context.</exception>
    public static void Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<float> valueCache, Pointer<int> positions,
        float scale, AttentionMask mask, int slots, int sequence, nint slotStride, Pointer<float> o)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension =>
        Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, WithoutTerms, Fastest>(
            team, q, keyCache, valueCache, positions, default, scale, mask, slots, sequence, slotStride, o);

    /// <summary>As <c>Forward</c>, with terms of the scores, of which either may be none.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">As without terms.</param>
    /// <param name="keyCache">As without terms.</param>
    /// <param name="valueCache">As without terms.</param>
    /// <param name="positions">As without terms.</param>
    /// <param name="distances">[Heads, 2 · reach − 1]; element reach − 1 + (key's position − row's) is added to the scaled score.</param>
    /// <param name="reach">At least Context.</param>
    /// <param name="scores">[slots · sequence, Heads, Context], added to the scaled scores; −∞ hides a key.</param>
    /// <param name="scale">As without terms.</param>
    /// <param name="mask">As without terms.</param>
    /// <param name="slots">As without terms.</param>
    /// <param name="sequence">As without terms.</param>
    /// <param name="slotStride">As without terms.</param>
    /// <param name="o">As without terms.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is not below Context, or there are distances that do not reach over it.</exception>
    public static void ForwardWithTerms<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<float> valueCache, Pointer<int> positions,
        Pointer<float> distances, int reach, Pointer<float> scores,
        float scale, AttentionMask mask, int slots, int sequence, nint slotStride, Pointer<float> o)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        if (!distances.IsNull) ArgumentOutOfRangeException.ThrowIfLessThan(reach, TContext.Value);
        CacheTerms terms = new() { Distances = distances.Value, Reach = reach, Scores = scores.Value };
        Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, WithTerms, Fastest>(
            team, q, keyCache, valueCache, positions, terms, scale, mask, slots, sequence, slotStride, o);
    }

    internal static void Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<float> valueCache, Pointer<int> positions, in CacheTerms terms,
        float scale, AttentionMask mask, int slots, int sequence, nint slotStride, Pointer<float> o)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TTerms : struct, ITermChoice
        where TInstructions : struct, IInstructions
    {
        KeyValueCache.CheckPositions<TContext>(positions, slots * sequence);
        CacheTasks.CacheRows<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> rows = new()
        {
            Q = q.Value,
            Keys = keyCache.Value,
            Values = valueCache.Value,
            Positions = positions.Value,
            Terms = terms,
            Scale = scale,
            Mask = mask,
            Slots = slots,
            Sequence = sequence,
            SlotStride = slotStride,
            O = o.Value,
        };
        long work = 0;
        for (int row = 0; row < slots * sequence; row++) work += (long)THeads.Value * (THeadDim.Value + TValueHeadDim.Value) * (positions.Value[row] + 1);
        CacheTasks.Run<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms, TInstructions>(team, rows, work);
    }
}
