using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// o_i = Σ_j p_ij · v_j      p_ij = softmax_j(scale · q_i·k_j) over the positions j of the cache that row i sees
//
// Several rows of a slot (prefill): a task is up to 64 of them with one head. One row for each slot (decode): a task is the
// heads that share a key/value head, so that the cache is read once. Where slots and key/value heads are few, the cache
// is also split into parts (T. Dao et al., "Flash-Decoding", 2023); their number depends on the shape and on the position
// only, and the caller joins them in order: m = max m_p, l = Σ e^(m_p − m) · l_p, o = Σ e^(m_p − m) · a_p / l.

/// <summary>Attention of new rows to the positions in a <see cref="KeyValueCache"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class CachedAttention
{
    private const int PrefillRows = 64;

    /// <summary>Tasks that keep a machine busy.</summary>
    private const int EnoughTasks = 16;

    /// <summary>The fewest positions worth a part of their own.</summary>
    private const int PartKeys = 256;

    private const int MostParts = 8;

    /// <summary>Half a task's scratch: room for what the heads of a group gather.</summary>
    private const int MostGroupFloats = ComputeTeam.ScratchFloats / 2;

    /// <summary>The most floats of parts that the caller keeps on its stack; larger ones are not split.</summary>
    private const int MostPartialFloats = 16 * 1024;

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
    /// <param name="o">[slots · sequence, Heads · HeadDim].</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is not below Context.</exception>
    public static void Forward<THeads, TKeyValueHeads, THeadDim, TContext>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<float> valueCache, Pointer<int> positions,
        float scale, AttentionMask mask, int slots, int sequence, nint slotStride, Pointer<float> o)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension =>
        Forward<THeads, TKeyValueHeads, THeadDim, TContext, Fastest>(team, q, keyCache, valueCache, positions, scale, mask, slots, sequence, slotStride, o);

    internal static void Forward<THeads, TKeyValueHeads, THeadDim, TContext, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> keyCache, Pointer<float> valueCache, Pointer<int> positions,
        float scale, AttentionMask mask, int slots, int sequence, nint slotStride, Pointer<float> o)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        Attention.CheckHeads<THeads, TKeyValueHeads, THeadDim>();
        if (THeads.Value / TKeyValueHeads.Value * HeadPanels.RoundUp(THeadDim.Value) > MostGroupFloats)
            throw new NotSupportedException($"The heads that share a key/value head have at most {MostGroupFloats} dimensions together.");
        KeyValueCache.CheckPositions<TContext>(positions, slots * sequence);
        CacheRows<THeads, TKeyValueHeads, THeadDim, TContext> rows = new()
        {
            Q = q.Value,
            Keys = keyCache.Value,
            Values = valueCache.Value,
            Positions = positions.Value,
            Scale = scale,
            Mask = mask,
            Sequence = sequence,
            SlotStride = slotStride,
            O = o.Value,
        };
        long work = 0;
        for (int row = 0; row < slots * sequence; row++) work += 2L * THeads.Value * THeadDim.Value * (positions.Value[row] + 1);

        if (sequence > 1)
        {
            int chunks = (sequence + PrefillRows - 1) / PrefillRows;
            TaskList.Run<PrefillTasks<THeads, TKeyValueHeads, THeadDim, TContext>, TInstructions>(
                team, new() { Rows = rows, Chunks = chunks }, slots * THeads.Value * chunks, work);
            return;
        }

        int parts = Math.Clamp(EnoughTasks / (slots * TKeyValueHeads.Value), 1, MostParts);
        int partials = slots * parts * THeads.Value * DecodeTasks<THeads, TKeyValueHeads, THeadDim, TContext>.PartialFloats;
        if (partials > MostPartialFloats) parts = 1;
        float* memory = stackalloc float[parts == 1 ? 0 : partials];
        DecodeTasks<THeads, TKeyValueHeads, THeadDim, TContext> decode = new() { Rows = rows, Parts = parts, Partials = memory };
        TaskList.Run<DecodeTasks<THeads, TKeyValueHeads, THeadDim, TContext>, TInstructions>(team, decode, slots * TKeyValueHeads.Value * parts, work);
        if (parts == 1) return;
        JoinTasks<THeads, TKeyValueHeads, THeadDim, TContext> join = new() { Decode = decode };
        TaskList.Run<JoinTasks<THeads, TKeyValueHeads, THeadDim, TContext>, TInstructions>(team, join, slots, partials);
    }

    /// <summary>The operands, and what one task does with some rows of a slot.</summary>
    private struct CacheRows<THeads, TKeyValueHeads, THeadDim, TContext>
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        public float* Q, Keys, Values, O;
        public int* Positions;
        public float Scale;
        public AttentionMask Mask;
        public int Sequence;
        public nint SlotStride;

        public static int Group => THeads.Value / TKeyValueHeads.Value;

        /// <summary>The keys that a row sees.</summary>
        public readonly (int First, int End) Visible(int row)
        {
            int length = Mask.Causal ? TContext.Value : Positions[row / Sequence * Sequence + Sequence - 1] + 1;
            return Positions[row] < 0 ? (0, 0) : (Mask.First(Positions[row]), Mask.End(Positions[row], length));
        }

        /// <summary>Lets rows attend to a stretch of their slot's cache.</summary>
        public readonly void Attend<TSimd, TVector, TQueryStride>(in QueryRows rows, int slot, int keyHead, int start, int end, ref Scratch scratch)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
            where TQueryStride : struct, IDimension
        {
            nint head = slot * SlotStride + keyHead * KeyValueCache.Floats(1, THeadDim.Value, TContext.Value);
            float* scores = scratch.Take(OnlineSoftmax.ScoreFloats);
            KeyValueBlock block = new() { ValueStride = HeadPanels.RoundUp(TContext.Value) * HeadPanels.Width };
            for (block.Start = start & -HeadPanels.Width; block.Start < end; block.Start += KeyValueBlock.MostKeys)
            {
                block.Count = Math.Min(KeyValueBlock.MostKeys, end - block.Start);
                block.Keys = Keys + head + (nint)block.Start * THeadDim.Value;
                block.Values = Values + head + (nint)block.Start * HeadPanels.Width;
                OnlineSoftmax<TSimd, TVector, TQueryStride, THeadDim>.Attend(rows, block, Scale, default, 0, scores);
            }
        }
    }

    private struct PrefillTasks<THeads, TKeyValueHeads, THeadDim, TContext> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        public CacheRows<THeads, TKeyValueHeads, THeadDim, TContext> Rows;
        public int Chunks;

        public readonly void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int slot = task / Chunks / THeads.Value;
            int head = task / Chunks % THeads.Value;
            int start = task % Chunks * PrefillRows;
            int count = Math.Min(PrefillRows, Rows.Sequence - start);
            int firstRow = slot * Rows.Sequence + start;
            nint offset = ((nint)firstRow * THeads.Value + head) * THeadDim.Value;

            Scratch scratch = new(memory);
            QueryRows rows = QueryRows.Create(ref scratch, Rows.Q + offset, count, HeadPanels.RoundUp(THeadDim.Value));
            for (int i = 0; i < count; i++) (rows.First[i], rows.End[i]) = Rows.Visible(firstRow + i);
            (int first, int end) = rows.Visible();
            int keyHead = head / CacheRows<THeads, TKeyValueHeads, THeadDim, TContext>.Group;
            Rows.Attend<TSimd, TVector, HeadRow<THeads, THeadDim>>(rows, slot, keyHead, first, end, ref scratch);
            OnlineSoftmax<TSimd, TVector, HeadRow<THeads, THeadDim>, THeadDim>.Finish(rows, Rows.O + offset);
        }
    }

    private struct DecodeTasks<THeads, TKeyValueHeads, THeadDim, TContext> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        public CacheRows<THeads, TKeyValueHeads, THeadDim, TContext> Rows;
        public int Parts;

        /// <summary>[slots, Parts, Heads] of m, l and a.</summary>
        public float* Partials;

        public static int PartialFloats => HeadPanels.RoundUp(THeadDim.Value) + 2;

        /// <summary>How many parts a slot's visible keys are worth.</summary>
        public readonly int PartsOf(int slot)
        {
            (int first, int end) = Rows.Visible(slot);
            return Math.Clamp((end - first + PartKeys - 1) / PartKeys, 1, Parts);
        }

        public readonly float* Partial(int slot, int part, int head) => Partials + ((nint)(slot * Parts + part) * THeads.Value + head) * PartialFloats;

        public readonly void Run<TSimd, TVector>(int task, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int group = THeads.Value / TKeyValueHeads.Value;
            int slot = task / Parts / TKeyValueHeads.Value;
            int keyHead = task / Parts % TKeyValueHeads.Value;
            int part = task % Parts;
            int parts = PartsOf(slot);
            if (part >= parts) return;

            (int first, int end) = Rows.Visible(slot);
            int panels = (end - first + HeadPanels.Width - 1) / HeadPanels.Width;
            int partStart = first + part * panels / parts * HeadPanels.Width;
            int partEnd = Math.Min(end, first + (part + 1) * panels / parts * HeadPanels.Width);
            nint offset = ((nint)slot * THeads.Value + keyHead * group) * THeadDim.Value;

            Scratch scratch = new(memory);
            QueryRows rows = QueryRows.Create(ref scratch, Rows.Q + offset, group, HeadPanels.RoundUp(THeadDim.Value));
            new Span<int>(rows.First, group).Fill(partStart);
            new Span<int>(rows.End, group).Fill(partEnd);
            Rows.Attend<TSimd, TVector, THeadDim>(rows, slot, keyHead, partStart, partEnd, ref scratch);
            if (parts == 1) OnlineSoftmax<TSimd, TVector, THeadDim, THeadDim>.Finish(rows, Rows.O + offset);
            else Keep(rows, Partial(slot, part, keyHead * group));
        }

        private static void Keep(in QueryRows rows, float* partial)
        {
            int columns = HeadPanels.RoundUp(THeadDim.Value);
            for (int i = 0; i < rows.Count; i++, partial += PartialFloats)
            {
                (partial[0], partial[1]) = (rows.Maximum[i], rows.Sum[i]);
                new Span<float>(rows.Accumulated + i * columns, columns).CopyTo(new Span<float>(partial + 2, columns));
            }
        }
    }

    /// <summary>Joins the parts of each slot that has several.</summary>
    private struct JoinTasks<THeads, TKeyValueHeads, THeadDim, TContext> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        public DecodeTasks<THeads, TKeyValueHeads, THeadDim, TContext> Decode;

        public readonly void Run<TSimd, TVector>(int slot, float* memory)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int parts = Decode.PartsOf(slot);
            if (parts == 1) return;
            for (int head = 0; head < THeads.Value; head++)
            {
                float maximum = float.NegativeInfinity;
                for (int part = 0; part < parts; part++) maximum = MathF.Max(maximum, Decode.Partial(slot, part, head)[0]);
                float* weights = memory;
                float sum = 0f;
                for (int part = 0; part < parts; part++)
                {
                    float* partial = Decode.Partial(slot, part, head);
                    weights[part] = MathF.Exp(partial[0] - maximum);
                    sum += weights[part] * partial[1];
                }
                float* output = Decode.Rows.O + ((nint)slot * THeads.Value + head) * THeadDim.Value;
                for (int n = 0; n < THeadDim.Value; n += TSimd.Width)
                {
                    TVector total = TSimd.Zero;
                    for (int part = 0; part < parts; part++)
                        total = TSimd.MultiplyAdd(TSimd.Broadcast(weights[part]), TSimd.Load(Decode.Partial(slot, part, head) + 2 + n), total);
                    HeadPanels.StoreColumns<TSimd, TVector, THeadDim>(output, n, TSimd.Multiply(total, TSimd.Broadcast(1f / sum)));
                }
            }
        }
    }
}
