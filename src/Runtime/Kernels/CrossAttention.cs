using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// o_i = Σ_j p_ij · v_j      p_ij = softmax_j(scale · q_i·k_j) over the keys j of the source that its mask leaves
//
// The source's keys and values lie in a KeyValueCache. How the work is split: CacheTasks.cs.

/// <summary>Attention of a decoder's rows to the source of their slot.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class CrossAttention
{
    /// <summary>Each row attends to the keys of its slot's source.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">[slots · sequence, Heads · HeadDim].</param>
    /// <param name="keyCache">The first slot's keys; all up to the last that the mask leaves have been appended.</param>
    /// <param name="valueCache">The first slot's values.</param>
    /// <param name="sourceMask">[slots, Keys]; 0 hides a key. Rows of a slot that sees none give zeros.</param>
    /// <param name="scale">What scores are multiplied with; positive.</param>
    /// <param name="slots">The number of slots.</param>
    /// <param name="sequence">Rows for each slot.</param>
    /// <param name="slotStride">Floats from one slot's cache to the next one's.</param>
    /// <param name="o">[slots · sequence, Heads · ValueHeadDim].</param>
    public static void Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TKeys>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<float> valueCache, Pointer<int> sourceMask,
        float scale, int slots, int sequence, nint slotStride, Pointer<float> o)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TKeys : struct, IDimension =>
        Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TKeys, Fastest>(team, q, keyCache, valueCache, sourceMask, scale, slots, sequence, slotStride, o);

    internal static void Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TKeys, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<float> valueCache, Pointer<int> sourceMask,
        float scale, int slots, int sequence, nint slotStride, Pointer<float> o)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TKeys : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        CacheTasks.CacheRows<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TKeys, WithTerms> rows = new()
        {
            Q = q.Value,
            Keys = keyCache.Value,
            Values = valueCache.Value,
            Terms = new() { KeyMask = sourceMask.Value },
            Scale = scale,
            Slots = slots,
            Sequence = sequence,
            SlotStride = slotStride,
            O = o.Value,
        };
        long work = (long)slots * sequence * THeads.Value * (THeadDim.Value + TValueHeadDim.Value) * TKeys.Value;
        CacheTasks.Run<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TKeys, WithTerms, TInstructions>(team, rows, work);
    }
}
