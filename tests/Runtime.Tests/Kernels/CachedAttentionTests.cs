using Transformer.Compiled.Kernels;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>Tokens that are appended to a cache in chunks must attend as whole sequences do.</summary>
public sealed class CachedAttentionTests : IDisposable
{
    private static readonly AttentionMask Causal = new(true, 0);
    private readonly ComputeTeam[] _teams = [new(1), new(2), new(3)];

    public void Dispose()
    {
        foreach (ComputeTeam team in _teams) team.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(40)]
    public void Odd_chunks_give_what_the_whole_sequence_gives(int window)
    {
        foreach (int[] chunks in new[] { new[] { 1, 1, 1, 1, 1 }, [5, 1, 17, 1, 33, 2], [70, 1, 1], [1, 31, 64] })
        {
            Check<D1, D1, D1, D131>(chunks, window);
            Check<D4, D1, D7, D131>(chunks, window);
            Check<D9, D3, D16, D200>(chunks, window);
            Check<D3, D3, D64, D131>(chunks, window);
            Check<D4, D1, D80, D200>(chunks, window);
        }
    }

    [Fact]
    public void Long_caches_are_read_in_parts()
    {
        Check<D4, D1, D16, D2048>([600, 1, 430, 1, 1, 500, 1], 0);
        Check<D3, D3, D7, D2048>([255, 1, 1, 1, 256, 1, 1], 0);
        Check<D4, D2, D8, D2048>([900, 1, 1], 700);
    }

    [Fact]
    public void Slots_have_positions_of_their_own() => InstructionSets.ForEach(() =>
    {
        const int Slots = 3, Context = 131, Heads = 4, HeadDim = 7;
        int[] lengths = [1, 47, 131];
        Sequences<D4, D2, D7, D131> sequences = new(Slots, Context, Causal);
        using Cache<D2, D7, D131> cache = new(Slots);
        for (int slot = 0; slot < Slots; slot++)
        {
            if (lengths[slot] > 1) Append(cache, sequences, _teams[0], slot, 0, lengths[slot] - 1);
        }
        float[] queries = [], keys = [], values = [];
        double[] expected = [];
        for (int slot = 0; slot < Slots; slot++)
        {
            int row = slot * Context + lengths[slot] - 1;
            queries = [.. queries, .. sequences.Queries.AsSpan(row * Heads * HeadDim, Heads * HeadDim)];
            keys = [.. keys, .. sequences.Keys.AsSpan(row * 2 * HeadDim, 2 * HeadDim)];
            values = [.. values, .. sequences.Values.AsSpan(row * 2 * HeadDim, 2 * HeadDim)];
            expected = [.. expected, .. sequences.Expected.AsSpan(row * Heads * HeadDim, Heads * HeadDim)];
        }
        using GuardedBuffer<int> positions = new([.. lengths.Select(length => length - 1)]);
        float[] actual = Step<D4, D2, D7, D131>(cache, _teams, queries, keys, values, positions, 0, Slots, 1, Causal);
        Tolerance.Check(expected, actual, "decoding three slots");
    });

    [Fact]
    public void Without_causality_rows_see_up_to_the_last_one() => InstructionSets.ForEach(() =>
    {
        foreach (int window in new[] { 0, 6 })
        {
            AttentionMask mask = new(false, window);
            Sequences<D2, D1, D16, D131> sequences = new(1, 37, mask);
            using Cache<D1, D16, D131> cache = new(1);
            using GuardedBuffer<int> positions = new([.. Enumerable.Range(0, 37)]);
            float[] actual = Step<D2, D1, D16, D131>(cache, _teams, sequences.Queries, sequences.Keys, sequences.Values, positions, 0, 1, 37, mask);
            Tolerance.Check(sequences.Expected, actual, "an encoder's rows");
        }
    });

    [Fact]
    public void Rows_that_see_nothing_give_zeros() => InstructionSets.ForEach(() =>
    {
        foreach (int sequence in new[] { 1, 3 })
        {
            Sequences<D2, D1, D16, D131> sequences = new(2, sequence, Causal);
            using Cache<D1, D16, D131> cache = new(2);
            int[] rows = [.. Enumerable.Range(0, sequence), .. Enumerable.Repeat(-1, sequence)];
            using GuardedBuffer<int> positions = new(rows);
            float[] actual = Step<D2, D1, D16, D131>(cache, _teams, sequences.Queries, sequences.Keys, sequences.Values, positions, 0, 2, sequence, Causal);
            Tolerance.Check(sequences.Expected.AsSpan(0, sequence * 32), actual.AsSpan(0, sequence * 32), "the first slot");
            Assert.All(actual[(sequence * 32)..], value => Assert.Equal(0f, value));
        }
    });

    [Fact]
    public void A_position_past_the_context_is_refused()
    {
        using Cache<D1, D16, D131> cache = new(1);
        using GuardedBuffer<float> rows = new(16);
        using GuardedBuffer<int> positions = new([131]);
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyValueCache.AppendKeys<D1, D16, D131>(_teams[0], rows, positions, 1, 1, cache.Stride, cache.Keys));
        Assert.Throws<ArgumentOutOfRangeException>(() => CachedAttention.Forward<D1, D1, D16, D16, D131>(_teams[0], rows, cache.Keys, cache.Values, positions, 1f, Causal, 1, 1, cache.Stride, rows));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        using Cache<D1, D16, D2048> cache = new(1);
        cache.Keys.Fill(0.5f);
        cache.Values.Fill(0.5f);
        using GuardedBuffer<float> rows = new(64), o = new(64);
        using GuardedBuffer<int> positions = new([1500]);
        rows.Fill(1f);
        Decode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++) Decode();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Decode()
        {
            KeyValueCache.AppendKeys<D1, D16, D2048>(_teams[1], rows, positions, 1, 1, cache.Stride, cache.Keys);
            KeyValueCache.AppendValues<D1, D16, D2048>(_teams[1], rows, positions, 1, 1, cache.Stride, cache.Values);
            CachedAttention.Forward<D4, D1, D16, D16, D2048>(_teams[1], rows, cache.Keys, cache.Values, positions, 0.25f, Causal, 1, 1, cache.Stride, o);
        }
    }

    private void Check<THeads, TKeyValueHeads, THeadDim, TContext>(int[] chunks, int window)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        AttentionMask mask = new(true, window);
        Sequences<THeads, TKeyValueHeads, THeadDim, TContext> sequences = new(1, chunks.Sum(), mask);
        InstructionSets.ForEach(() =>
        {
            using Cache<TKeyValueHeads, THeadDim, TContext> cache = new(1);
            List<float> outputs = [];
            int start = 0;
            foreach (int chunk in chunks)
            {
                outputs.AddRange(Append(cache, sequences, _teams, 0, start, chunk));
                start += chunk;
            }
            Tolerance.Check(sequences.Expected, outputs.ToArray(), $"{THeads.Value}/{TKeyValueHeads.Value}x{THeadDim.Value}, chunks {string.Join('+', chunks)}, window {window}");
        });
    }

    private static float[] Append<THeads, TKeyValueHeads, THeadDim, TContext>(
        Cache<TKeyValueHeads, THeadDim, TContext> cache, Sequences<THeads, TKeyValueHeads, THeadDim, TContext> sequences, ReadOnlySpan<ComputeTeam> teams, int slot, int start, int count)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        int row = slot * sequences.Length + start;
        int queryRow = THeads.Value * THeadDim.Value, keyRow = TKeyValueHeads.Value * THeadDim.Value;
        using GuardedBuffer<int> positions = new([.. Enumerable.Range(start, count)]);
        return Step<THeads, TKeyValueHeads, THeadDim, TContext>(
            cache, teams, sequences.Queries.AsSpan(row * queryRow, count * queryRow), sequences.Keys.AsSpan(row * keyRow, count * keyRow),
            sequences.Values.AsSpan(row * keyRow, count * keyRow), positions, slot, 1, count, sequences.Mask);
    }

    private static float[] Append<THeads, TKeyValueHeads, THeadDim, TContext>(
        Cache<TKeyValueHeads, THeadDim, TContext> cache, Sequences<THeads, TKeyValueHeads, THeadDim, TContext> sequences, ComputeTeam team, int slot, int start, int count)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension => Append(cache, sequences, [team], slot, start, count);

    /// <summary>Appends rows to some slots and lets them attend, with each team: all must agree to the bit.</summary>
    private static float[] Step<THeads, TKeyValueHeads, THeadDim, TContext>(
        Cache<TKeyValueHeads, THeadDim, TContext> cache, ReadOnlySpan<ComputeTeam> teams, ReadOnlySpan<float> queries, ReadOnlySpan<float> keys, ReadOnlySpan<float> values,
        GuardedBuffer<int> positions, int slot, int slots, int sequence, AttentionMask mask)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        using PageEndBuffer q = new(queries), k = new(keys), v = new(values);
        float scale = (float)(1 / Math.Sqrt(THeadDim.Value));
        nint offset = slot * cache.Stride;
        float[]? first = null;
        foreach (ComputeTeam team in teams)
        {
            using GuardedBuffer<float> o = new(queries.Length);
            KeyValueCache.Append<TKeyValueHeads, THeadDim, TContext, KeyValueCache.KeyLayout, Chosen>(team, k.Pointer, positions, slots, sequence, cache.Stride, cache.Keys.Pointer + offset);
            KeyValueCache.Append<TKeyValueHeads, THeadDim, TContext, KeyValueCache.ValueLayout, Chosen>(team, v.Pointer, positions, slots, sequence, cache.Stride, cache.Values.Pointer + offset);
            CachedAttention.Forward<THeads, TKeyValueHeads, THeadDim, THeadDim, TContext, WithoutTerms, Chosen>(
                team, q.Pointer, cache.Keys.Pointer + offset, cache.Values.Pointer + offset, positions, default, scale, mask, slots, sequence, cache.Stride, o);
            o.Verify();
            cache.Keys.Verify();
            cache.Values.Verify();
            first ??= o.ToArray();
            Assert.Equal(first, o.ToArray());
        }
        return first!;
    }

    /// <summary>Random sequences and what attention over the whole of each gives.</summary>
    private sealed class Sequences<THeads, TKeyValueHeads, THeadDim, TContext>
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        public Sequences(int count, int length, AttentionMask mask)
        {
            Length = length;
            Mask = mask;
            Random random = new(length);
            Queries = Draw(THeads.Value);
            Keys = Draw(TKeyValueHeads.Value);
            Values = Draw(TKeyValueHeads.Value);
            AttentionReference reference = new(THeads.Value, TKeyValueHeads.Value, THeadDim.Value, count, length, mask);
            reference.Forward(ToDouble(Queries), ToDouble(Keys), ToDouble(Values));
            Expected = reference.Output;

            float[] Draw(int heads) => [.. Enumerable.Range(0, count * length * heads * THeadDim.Value).Select(_ => random.NextSingle() * 2 - 1)];
        }

        public int Length { get; }

        public AttentionMask Mask { get; }

        public float[] Queries { get; }

        public float[] Keys { get; }

        public float[] Values { get; }

        public double[] Expected { get; }

        private static double[] ToDouble(float[] values) => Array.ConvertAll(values, value => (double)value);
    }

    /// <summary>The cache of some slots, which begins as NaN: nothing that was not appended may be used.</summary>
    private sealed class Cache<TKeyValueHeads, THeadDim, TContext>(int slots) : IDisposable
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TContext : struct, IDimension
    {
        public nint Stride { get; } = KeyValueCache.Floats(TKeyValueHeads.Value, THeadDim.Value, TContext.Value);

        public GuardedBuffer<float> Keys { get; } = Create(slots);

        public GuardedBuffer<float> Values { get; } = Create(slots);

        public void Dispose()
        {
            Keys.Dispose();
            Values.Dispose();
        }

        private static GuardedBuffer<float> Create(int slots) => new(slots * (int)KeyValueCache.Floats(TKeyValueHeads.Value, THeadDim.Value, TContext.Value));
    }
}
