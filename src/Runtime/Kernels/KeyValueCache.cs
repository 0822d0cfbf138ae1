using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// One layer's cache for one slot, so laid out that both products of attention read it in place (C = context, N = head
// dimension, both rounded up to 16 where it says so):
//
//   keys    [KeyValueHeads][C / 16][N][16]         element (head, position, n) at ((head · C/16 + position/16) · N + n) · 16 + position%16
//   values  [KeyValueHeads][N / 16][C][16]         element (head, position, n) at ((head · N/16 + n/16) · C + position) · 16 + n%16
//
// Positions that were never appended are never used, whatever they hold.

/// <summary>The keys and values of the positions that a decoder has seen.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class KeyValueCache
{
    /// <summary>A copied float weighs as much as so many multiplications.</summary>
    private const long WorkPerFloat = 64;

    /// <summary>Floats of one layer's keys, or of its values, for one slot.</summary>
    public static nint Floats(int keyValueHeads, int headDim, int context) =>
        (nint)keyValueHeads * HeadPanels.RoundUp(headDim) * HeadPanels.RoundUp(context);

    /// <summary>Puts keys at their positions in the cache; rows with a negative position are left out.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="k">[slots · sequence, KeyValueHeads · HeadDim].</param>
    /// <param name="positions">[slots · sequence], each below Context and once in its slot.</param>
    /// <param name="slots">The number of slots.</param>
    /// <param name="sequence">Rows for each slot.</param>
    /// <param name="slotStride">Floats from one slot's cache to the next one's.</param>
    /// <param name="keyCache">The first slot's keys.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is not below Context.</exception>
    public static void AppendKeys<TKeyValueHeads, THeadDim, TContext>(
        ComputeTeam team, Pointer<float> k, Pointer<int> positions, int slots, int sequence, nint slotStride, Pointer<float> keyCache)
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension => Append<TKeyValueHeads, THeadDim, TContext, KeyLayout, Fastest>(team, k, positions, slots, sequence, slotStride, keyCache);

    /// <summary>Puts values at their positions in the cache, as <see cref="AppendKeys"/> does with keys.</summary>
    public static void AppendValues<TKeyValueHeads, THeadDim, TContext>(
        ComputeTeam team, Pointer<float> v, Pointer<int> positions, int slots, int sequence, nint slotStride, Pointer<float> valueCache)
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension => Append<TKeyValueHeads, THeadDim, TContext, ValueLayout, Fastest>(team, v, positions, slots, sequence, slotStride, valueCache);

    internal static void Append<TKeyValueHeads, THeadDim, TContext, TLayout, TInstructions>(
        ComputeTeam team, Pointer<float> rows, Pointer<int> positions, int slots, int sequence, nint slotStride, Pointer<float> cache)
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TLayout : struct, ICacheLayout
        where TInstructions : struct, IInstructions
    {
        CheckPositions<TContext>(positions, slots * sequence);
        AppendKernel<TKeyValueHeads, THeadDim, TContext, TLayout> kernel = new()
        {
            Rows = rows.Value,
            Positions = positions.Value,
            Sequence = sequence,
            SlotStride = slotStride,
            Cache = cache.Value,
        };
        long work = WorkPerFloat * slots * sequence * TKeyValueHeads.Value * THeadDim.Value;
        TaskList.Run<AppendKernel<TKeyValueHeads, THeadDim, TContext, TLayout>, TInstructions>(team, kernel, slots * TKeyValueHeads.Value, work);
    }

    internal static void CheckPositions<TContext>(Pointer<int> positions, int count)
        where TContext : struct, IDimension
    {
        for (int row = 0; row < count; row++)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(positions.Value[row], TContext.Value, nameof(positions));
    }

    /// <summary>How a head's vectors lie in its part of the cache.</summary>
    internal interface ICacheLayout
    {
        static abstract void Store<TSimd, V, THeadDim>(float* source, float* head, int position, int context)
            where TSimd : struct, ISimd<V>
            where V : struct
            where THeadDim : struct, IDimension;
    }

    internal readonly struct KeyLayout : ICacheLayout
    {
        public static void Store<TSimd, V, THeadDim>(float* source, float* head, int position, int context)
            where TSimd : struct, ISimd<V>
            where V : struct
            where THeadDim : struct, IDimension
        {
            float* lane = head + (nint)(position & -HeadPanels.Width) * THeadDim.Value + position % HeadPanels.Width;
            for (int n = 0; n < THeadDim.Value; n++, lane += HeadPanels.Width) *lane = source[n];
        }
    }

    internal readonly struct ValueLayout : ICacheLayout
    {
        public static void Store<TSimd, V, THeadDim>(float* source, float* head, int position, int context)
            where TSimd : struct, ISimd<V>
            where V : struct
            where THeadDim : struct, IDimension =>
            HeadPanels.Rows<TSimd, V, THeadDim>(source, 0, 1, context, head + position * HeadPanels.Width);
    }

    private struct AppendKernel<TKeyValueHeads, THeadDim, TContext, TLayout> : ITiledKernel
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TLayout : struct, ICacheLayout
    {
        public float* Rows, Cache;
        public int* Positions;
        public int Sequence;
        public nint SlotStride;

        public readonly void Run<TSimd, TVector>(int task, float* scratch)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int slot = task / TKeyValueHeads.Value;
            int head = task % TKeyValueHeads.Value;
            float* cache = Cache + slot * SlotStride + head * Floats(1, THeadDim.Value, TContext.Value);
            for (int row = slot * Sequence; row < (slot + 1) * Sequence; row++)
            {
                if (Positions[row] < 0) continue;
                float* source = Rows + ((nint)row * TKeyValueHeads.Value + head) * THeadDim.Value;
                TLayout.Store<TSimd, TVector, THeadDim>(source, cache, Positions[row], HeadPanels.RoundUp(TContext.Value));
            }
        }
    }
}
