using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// Several rows of a slot (prefill): a task is up to 64 of them with one head. One row for each slot (decode): a task is the
// heads that share a key/value head, so that the cache is read once. Where slots and key/value heads are few, the cache
// is also split into parts (T. Dao et al., "Flash-Decoding", 2023); their number depends on the shape and on the position
// only, and the caller joins them in order: m = max m_p, l = Σ e^(m_p − m) · l_p, o = Σ e^(m_p − m) · a_p / l.

/// <summary>The terms of attention to a cache; null for those that a model has not got.</summary>
internal unsafe struct CacheTerms
{
    /// <summary>[slots, context]: what the rows of a slot see, where they have no positions.</summary>
    public int* KeyMask;

    /// <summary>[heads, 2 · <see cref="Reach"/> − 1].</summary>
    public float* Distances;

    /// <summary>No position is as far.</summary>
    public int Reach;

    /// <summary>[rows, heads, context].</summary>
    public float* Scores;

    /// <summary>A head's distances, at the one of zero.</summary>
    public readonly float* DistancesOf(int head) => Distances + (nint)head * (2 * Reach - 1) + Reach - 1;
}

/// <summary>How attention to a <see cref="KeyValueCache"/> is split into tasks.</summary>
internal static unsafe class CacheTasks
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

    /// <summary>Lets all rows attend.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="rows">The operands.</param>
    /// <param name="work">About how many multiplications that takes.</param>
    internal static void Run<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms, TInstructions>(
        ComputeTeam team, in CacheRows<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> rows, long work)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TTerms : struct, ITermChoice
        where TInstructions : struct, IInstructions
    {
        Attention.CheckHeads<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>();
        if (THeads.Value / TKeyValueHeads.Value * HeadPanels.RoundUp(TValueHeadDim.Value) > MostGroupFloats)
            throw new NotSupportedException($"The heads that share a key/value head have at most {MostGroupFloats} dimensions together.");
        int slots = rows.Slots;
        if (rows.Sequence > 1)
        {
            int chunks = (rows.Sequence + PrefillRows - 1) / PrefillRows;
            TaskList.Run<PrefillTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms>, TInstructions>(
                team, new() { Rows = rows, Chunks = chunks }, slots * THeads.Value * chunks, work);
            return;
        }

        int parts = Math.Clamp(EnoughTasks / (slots * TKeyValueHeads.Value), 1, MostParts);
        int partials = slots * parts * THeads.Value * DecodeTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms>.PartialFloats;
        if (partials > MostPartialFloats) parts = 1;
        parts = DecodeTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms>.MostPartsOf(rows, parts);
        float* memory = stackalloc float[parts == 1 ? 0 : partials];
        DecodeTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> decode = new() { Rows = rows, Parts = parts, Partials = memory };
        TaskList.Run<DecodeTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms>, TInstructions>(team, decode, slots * TKeyValueHeads.Value * parts, work);
        if (parts == 1) return;
        JoinTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> join = new() { Decode = decode };
        TaskList.Run<JoinTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms>, TInstructions>(team, join, slots, partials);
    }

    /// <summary>The operands, and what one task does with some rows of a slot.</summary>
    internal struct CacheRows<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms>
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TTerms : struct, ITermChoice
    {
        public float* Q, Keys, Values, O;
        /// <summary>Of each row; none where a mask alone says what the rows of a slot see.</summary>
        public int* Positions;

        public CacheTerms Terms;
        public float Scale;
        public AttentionMask Mask;
        public int Slots, Sequence;
        public nint SlotStride;

        public static int Group => THeads.Value / TKeyValueHeads.Value;

        /// <summary>The keys that a row sees, or the stretch that has them where a mask hides some between them.</summary>
        public readonly (int First, int End) Visible(int row)
        {
            if (TTerms.HasTerms && Positions == null) return AttentionTerms.Visible(Terms.KeyMask + (nint)(row / Sequence) * TContext.Value, TContext.Value);
            int length = Mask.Causal ? TContext.Value : Positions[row / Sequence * Sequence + Sequence - 1] + 1;
            return Positions[row] < 0 ? (0, 0) : (Mask.First(Positions[row]), Mask.End(Positions[row], length));
        }

        /// <summary>The terms of consecutive rows of a slot with one head.</summary>
        public readonly TermRows RowTerms(int row, int head)
        {
            TermRows terms = new() { ScoreStride = (nint)THeads.Value * TContext.Value };
            if (Terms.KeyMask != null) terms.KeyMask = Terms.KeyMask + (nint)(row / Sequence) * TContext.Value;
            if (Terms.Distances != null)
            {
                terms.Distances = Terms.DistancesOf(head);
                terms.Positions = Positions + row;
            }
            if (Terms.Scores != null) terms.Scores = Terms.Scores + ((nint)row * THeads.Value + head) * TContext.Value;
            return terms;
        }

        /// <summary>The terms of consecutive heads of a row.</summary>
        public readonly TermRows HeadTerms(int row, int head)
        {
            TermRows terms = RowTerms(row, head);
            terms.Positions = null;
            terms.ScoreStride = TContext.Value;
            terms.DistanceStride = 2 * Terms.Reach - 1;
            if (Terms.Distances != null) terms.Distances -= Positions[row];
            return terms;
        }

        /// <summary>Lets rows attend to a stretch of their slot's cache.</summary>
        public readonly void Attend<TSimd, TVector, TQueryStride>(in QueryRows rows, in TermRows terms, int slot, int keyHead, int start, int end, ref Scratch scratch)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
            where TQueryStride : struct, IDimension
        {
            float* keys = Keys + slot * SlotStride + keyHead * KeyValueCache.Floats(1, THeadDim.Value, TContext.Value);
            float* values = Values + slot * SlotStride + keyHead * KeyValueCache.Floats(1, TValueHeadDim.Value, TContext.Value);
            float* scores = scratch.Take(OnlineSoftmax.ScoreFloats);
            KeyValueBlock block = new() { ValueStride = HeadPanels.RoundUp(TContext.Value) * HeadPanels.Width };
            for (block.Start = start & -HeadPanels.Width; block.Start < end; block.Start += KeyValueBlock.MostKeys)
            {
                block.Count = Math.Min(KeyValueBlock.MostKeys, end - block.Start);
                block.Keys = keys + (nint)block.Start * THeadDim.Value;
                block.Values = values + (nint)block.Start * HeadPanels.Width;
                OnlineSoftmax<TSimd, TVector, TQueryStride, THeadDim, TValueHeadDim>.Attend<TTerms>(rows, block, Scale, default, 0, terms, scores);
            }
        }
    }

    private struct PrefillTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TTerms : struct, ITermChoice
    {
        public CacheRows<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> Rows;
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
            nint vector = (nint)firstRow * THeads.Value + head;

            Scratch scratch = new(memory);
            QueryRows rows = QueryRows.Create(ref scratch, Rows.Q + vector * THeadDim.Value, count, HeadPanels.RoundUp(TValueHeadDim.Value));
            for (int i = 0; i < count; i++) (rows.First[i], rows.End[i]) = Rows.Visible(firstRow + i);
            (int first, int end) = rows.Visible();
            int keyHead = head / CacheRows<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms>.Group;
            TermRows terms = TTerms.HasTerms ? Rows.RowTerms(firstRow, head) : default;
            Rows.Attend<TSimd, TVector, HeadRow<THeads, THeadDim>>(rows, terms, slot, keyHead, first, end, ref scratch);
            OnlineSoftmax<TSimd, TVector, HeadRow<THeads, THeadDim>, THeadDim, TValueHeadDim>.Finish(
                rows, Rows.O + vector * TValueHeadDim.Value, HeadRow<THeads, TValueHeadDim>.Value);
        }
    }

    private struct DecodeTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TTerms : struct, ITermChoice
    {
        public CacheRows<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> Rows;
        public int Parts;

        /// <summary>[slots, Parts, Heads] of m, l and a.</summary>
        public float* Partials;

        public static int PartialFloats => HeadPanels.RoundUp(TValueHeadDim.Value) + 2;

        /// <summary>The most parts that any slot's visible keys are worth.</summary>
        public static int MostPartsOf(in CacheRows<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> rows, int parts)
        {
            if (parts == 1) return 1;
            DecodeTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> tasks = new() { Rows = rows, Parts = parts };
            int most = 1;
            for (int slot = 0; slot < rows.Slots; slot++) most = Math.Max(most, tasks.PartsOf(slot));
            return most;
        }

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
            nint vector = (nint)slot * THeads.Value + keyHead * group;

            Scratch scratch = new(memory);
            QueryRows rows = QueryRows.Create(ref scratch, Rows.Q + vector * THeadDim.Value, group, HeadPanels.RoundUp(TValueHeadDim.Value));
            new Span<int>(rows.First, group).Fill(partStart);
            new Span<int>(rows.End, group).Fill(partEnd);
            TermRows terms = TTerms.HasTerms ? Rows.HeadTerms(slot, keyHead * group) : default;
            Rows.Attend<TSimd, TVector, THeadDim>(rows, terms, slot, keyHead, partStart, partEnd, ref scratch);
            if (parts == 1) OnlineSoftmax<TSimd, TVector, THeadDim, THeadDim, TValueHeadDim>.Finish(rows, Rows.O + vector * TValueHeadDim.Value, TValueHeadDim.Value);
            else Keep(rows, Partial(slot, part, keyHead * group));
        }

        private static void Keep(in QueryRows rows, float* partial)
        {
            int columns = HeadPanels.RoundUp(TValueHeadDim.Value);
            for (int i = 0; i < rows.Count; i++, partial += PartialFloats)
            {
                (partial[0], partial[1]) = (rows.Maximum[i], rows.Sum[i]);
                new Span<float>(rows.Accumulated + i * columns, columns).CopyTo(new Span<float>(partial + 2, columns));
            }
        }
    }

    /// <summary>Joins the parts of each slot that has several.</summary>
    private struct JoinTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> : ITiledKernel
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TContext : struct, IDimension
        where TTerms : struct, ITermChoice
    {
        public DecodeTasks<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TContext, TTerms> Decode;

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
                    weights[part] = partial[0] == float.NegativeInfinity ? 0f : MathF.Exp(partial[0] - maximum);
                    sum += weights[part] * partial[1];
                }
                float* output = Decode.Rows.O + ((nint)slot * THeads.Value + head) * TValueHeadDim.Value;
                float factor = sum == 0f ? 0f : 1f / sum;
                for (int n = 0; n < TValueHeadDim.Value; n += TSimd.Width)
                {
                    TVector total = TSimd.Zero;
                    for (int part = 0; part < parts; part++)
                        total = TSimd.MultiplyAdd(TSimd.Broadcast(weights[part]), TSimd.Load(Decode.Partial(slot, part, head) + 2 + n), total);
                    HeadPanels.StoreColumns<TSimd, TVector, TValueHeadDim>(output, n, TSimd.Multiply(total, TSimd.Broadcast(factor)));
                }
            }
        }
    }
}
