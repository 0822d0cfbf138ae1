using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;

namespace Transformer.Compiled.Kernels;

// Softmax over keys that arrive block by block (M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax",
// 2018; T. Dao et al., "FlashAttention", 2022, algorithm 1; T. Dao, "FlashAttention-2", 2023, section 3.1). For each query:
//
//   m' = max(m, max_j s_j)      c = e^(m − m')      p_j = e^(s_j − m')      s_j = scale · q·k_j
//   l' = c·l + Σ_j p_j          a' = c·a + Σ_j p_j · v_j
//
// and after the last block o = a / l, log-normalizer = m + ln l. A row that has seen no key has m = −∞, l = 0, a = 0 and
// gives zeros. Both products run over the whole block; keys outside a row's visible range get p = 0 exactly. With terms
// (AttentionTerms.cs) scores are sums, and a row may see keys of which all are hidden, which leaves it as it is.

/// <summary>Query rows and what they have gathered so far. The fields are set once; <see cref="From"/> gives a part.</summary>
internal unsafe struct QueryRows
{
    /// <summary>The first query.</summary>
    public float* Queries;

    public int Count;

    /// <summary>For each row its first visible key.</summary>
    public int* First;

    /// <summary>For each row the end of its visible keys.</summary>
    public int* End;

    /// <summary>m: for each row the largest score.</summary>
    public float* Maximum;

    /// <summary>l: for each row the sum of the exponentials.</summary>
    public float* Sum;

    /// <summary>a: for each row the sum of the weighted values, padded to whole panels.</summary>
    public float* Accumulated;

    /// <summary>Takes everything but the queries from scratch, with nothing seen yet.</summary>
    public static QueryRows Create(ref Scratch scratch, float* queries, int count, int paddedHeadDim)
    {
        QueryRows rows = new()
        {
            Queries = queries,
            Count = count,
            First = scratch.TakeIntegers(count),
            End = scratch.TakeIntegers(count),
            Maximum = scratch.Take(count),
            Sum = scratch.Take(count),
            Accumulated = scratch.Take(count * paddedHeadDim),
        };
        new Span<float>(rows.Maximum, count).Fill(float.NegativeInfinity);
        new Span<float>(rows.Sum, count).Clear();
        new Span<float>(rows.Accumulated, count * paddedHeadDim).Clear();
        return rows;
    }

    public readonly QueryRows From(int row, int count, nint queryStride, int paddedHeadDim) => new()
    {
        Queries = Queries + row * queryStride,
        Count = count,
        First = First + row,
        End = End + row,
        Maximum = Maximum + row,
        Sum = Sum + row,
        Accumulated = Accumulated + row * paddedHeadDim,
    };

    /// <summary>Whether some of the rows all see a range of keys.</summary>
    public readonly bool SeeAll(int row, int count, int firstKey, int endKey)
    {
        for (int i = row; i < row + count; i++)
        {
            if (First[i] > firstKey || End[i] < endKey) return false;
        }
        return true;
    }

    /// <summary>The first key that any row sees, and the end of those that any sees.</summary>
    public readonly (int First, int End) Visible()
    {
        int first = int.MaxValue;
        int end = 0;
        for (int i = 0; i < Count; i++)
        {
            first = Math.Min(first, First[i]);
            end = Math.Max(end, End[i]);
        }
        return (first, end);
    }
}

/// <summary>Consecutive keys and their values, in panels.</summary>
internal unsafe struct KeyValueBlock
{
    /// <summary>The most keys in a block, and the floats from one row of scores to the next.</summary>
    public const int MostKeys = 128;

    /// <summary>Panels of 16 keys: [Count / 16][head dimension][16].</summary>
    public float* Keys;

    /// <summary>Panels of 16 columns of the head dimension: [head dimension / 16][keys][16].</summary>
    public float* Values;

    /// <summary>Floats from one panel of values to the next.</summary>
    public nint ValueStride;

    /// <summary>The index of the first key.</summary>
    public int Start;

    public int Count;

    public readonly struct MostKeysDimension : IDimension
    {
        public static int Value => MostKeys;
    }
}

/// <summary>The dimension of packed vectors of heads: floats from one row of a [rows, heads · headDim] tensor to the next.</summary>
internal readonly struct HeadRow<THeads, THeadDim> : IDimension
    where THeads : struct, IDimension
    where THeadDim : struct, IDimension
{
    public static int Value => THeads.Value * THeadDim.Value;
}

internal static class OnlineSoftmax
{
    /// <summary>Rows whose scores are in the first-level cache together.</summary>
    public const int PartRows = 32;

    /// <summary>The scores of a part, a row of dropout's factors, and a row of what a key mask hides.</summary>
    public const int ScoreFloats = (PartRows + 2) * KeyValueBlock.MostKeys;

    /// <summary>Where that last row is.</summary>
    public const int HiddenOffset = (PartRows + 1) * KeyValueBlock.MostKeys;
}

/// <summary>Attention of some query rows, <typeparamref name="TQueryStride"/> floats apart, to blocks of keys, one after the other.</summary>
internal static unsafe class OnlineSoftmax<TSimd, V, TQueryStride, THeadDim, TValueHeadDim>
    where TSimd : struct, ISimd<V>
    where V : struct
    where TQueryStride : struct, IDimension
    where THeadDim : struct, IDimension
    where TValueHeadDim : struct, IDimension
{
    private static int ValueColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => HeadPanels.RoundUp(TValueHeadDim.Value);
    }

    /// <summary>Rows of a part that sees only some of the keys: those of a register tile, so that little is computed that they do not see.</summary>
    private static int MostRows => MicroKernel<TSimd, V, RowMajorStrides<TQueryStride>>.MaximumRows;

    /// <summary>Lets the rows see a block: a part of the rows at a time, and of the keys as many as any of the part sees.</summary>
    /// <param name="rows">The rows; their state is updated.</param>
    /// <param name="block">The keys and values.</param>
    /// <param name="scale">What scores are multiplied with; positive.</param>
    /// <param name="dropout">Dropout of the probabilities.</param>
    /// <param name="row">The logical index of the first row's probabilities, in units of rows.</param>
    /// <param name="terms">The terms of the rows, where there are any.</param>
    /// <param name="scores">Room for <see cref="OnlineSoftmax.ScoreFloats"/> floats.</param>
    public static void Attend<TTerms>(
        in QueryRows rows, in KeyValueBlock block, float scale, in AttentionDropout dropout, long row, in TermRows terms, float* scores)
        where TTerms : struct, ITermChoice
    {
        if (TTerms.HasTerms) terms.WriteHidden(block.Start, block.Count, scores + OnlineSoftmax.HiddenOffset);
        KeyValueBlock seen = block;
        int count;
        for (int i = 0; i < rows.Count; i += count)
        {
            count = Math.Min(OnlineSoftmax.PartRows, rows.Count - i);
            if (count > MostRows && !rows.SeeAll(i, count, block.Start, block.Start + block.Count)) count = MostRows;
            QueryRows part = rows.From(i, count, TQueryStride.Value, ValueColumns);
            (int first, int end) = part.Visible();
            seen.Count = Math.Min(block.Count, end - block.Start);
            if (seen.Count > 0 && first < block.Start + block.Count) AttendPart<TTerms>(part, seen, scale, dropout, row + i, terms, i, scores);
        }
    }

    private static void AttendPart<TTerms>(
        in QueryRows rows, in KeyValueBlock block, float scale, in AttentionDropout dropout, long row, in TermRows terms, int termRow, float* scores)
        where TTerms : struct, ITermChoice
    {
        int columns = HeadPanels.RoundUp(block.Count);
        float* factors = scores + rows.Count * KeyValueBlock.MostKeys;
        PanelProduct<TSimd, V, RowMajorStrides<TQueryStride>>.Write(
            rows.Queries, block.Keys, THeadDim.Value * HeadPanels.Width, rows.Count, THeadDim.Value, columns, scores, KeyValueBlock.MostKeys);

        for (int i = 0; i < rows.Count; i++)
        {
            float* rowScores = scores + i * KeyValueBlock.MostKeys;
            HeadPanels.Prefetch<THeadDim>(rows.Queries + (rows.Count + i) * (nint)TQueryStride.Value);
            int first = Math.Clamp(rows.First[i] - block.Start, 0, block.Count);
            int end = Math.Clamp(rows.End[i] - block.Start, first, block.Count);
            if (first == end)
            {
                new Span<float>(rowScores, columns).Clear();
                continue;
            }
            float remaining = scale;
            if (TTerms.HasTerms)
                remaining = terms.Add<TSimd, V>(termRow + i, block.Start, end, scale, scores + OnlineSoftmax.HiddenOffset, rowScores);
            Normalize<TTerms>(rowScores, columns, first, end, remaining, rows.Maximum + i, rows.Sum + i, rows.Accumulated + i * ValueColumns);
            if (TTerms.HasTerms) terms.Multiply<TSimd, V>(termRow + i, block.Start, end, rowScores);
            if (!dropout.IsEnabled) continue;
            dropout.WriteFactors<TSimd, V>(row + i, block.Start, columns, factors);
            Multiply(rowScores, factors, columns);
        }

        PanelProduct<TSimd, V, RowMajorStrides<KeyValueBlock.MostKeysDimension>>.Add(
            scores, block.Values, block.ValueStride, rows.Count, block.Count, ValueColumns, rows.Accumulated, ValueColumns);
    }

    /// <summary>o = a / l; zeros for rows that saw nothing.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="output">The first row's output.</param>
    /// <param name="stride">Floats from one row's output to the next.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Finish(in QueryRows rows, float* output, nint stride)
    {
        float* accumulated = rows.Accumulated;
        for (int i = 0; i < rows.Count; i++, output += stride, accumulated += ValueColumns)
        {
            V factor = TSimd.Broadcast(rows.Sum[i] == 0f ? 0f : 1f / rows.Sum[i]);
            for (int n = 0; n < TValueHeadDim.Value; n += TSimd.Width)
                HeadPanels.StoreColumns<TSimd, V, TValueHeadDim>(output, n, TSimd.Multiply(TSimd.Load(accumulated + n), factor));
        }
    }

    private static void Multiply(float* x, float* factors, int columns)
    {
        for (int j = 0; j < columns; j += TSimd.Width) TSimd.Store(x + j, TSimd.Multiply(TSimd.Load(x + j), TSimd.Load(factors + j)));
    }

    /// <summary>Turns a row of scores into exponentials, zeros outside its visible keys, and brings the row's state up to the new maximum.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Normalize<TTerms>(float* scores, int columns, int first, int end, float scale, float* maximum, float* sum, float* accumulated)
        where TTerms : struct, ITermChoice
    {
        int start = first & -TSimd.Width;
        int stop = (end + TSimd.Width - 1) & -TSimd.Width;
        for (int j = 0; j < start; j += TSimd.Width) TSimd.Store(scores + j, TSimd.Zero);
        for (int j = stop; j < columns; j += TSimd.Width) TSimd.Store(scores + j, TSimd.Zero);
        V hidden = TSimd.Broadcast(float.NegativeInfinity);
        if (start < first)
        {
            V isBefore = TSimd.LessThan(TSimd.Lanes, TSimd.Broadcast(first - start));
            TSimd.Store(scores + start, TSimd.Select(isBefore, hidden, TSimd.Load(scores + start)));
        }
        if (end < stop)
        {
            int last = stop - TSimd.Width;
            V isVisible = TSimd.LessThan(TSimd.Lanes, TSimd.Broadcast(end - last));
            TSimd.Store(scores + last, TSimd.Select(isVisible, TSimd.Load(scores + last), hidden));
        }

        V largest = TSimd.Load(scores + start);
        for (int j = start + TSimd.Width; j < stop; j += TSimd.Width) largest = TSimd.Max(largest, TSimd.Load(scores + j));
        float previous = *maximum;
        float current = MathF.Max(previous, scale * TSimd.MaxElement(largest));
        if (TTerms.HasTerms && current == float.NegativeInfinity)
        {
            new Span<float>(scores, columns).Clear();
            return;
        }

        V factor = TSimd.Broadcast(scale * VectorMath.Log2E);
        V shift = TSimd.Broadcast(-(current * VectorMath.Log2E));
        V total = TSimd.Zero;
        for (int j = start; j < stop; j += TSimd.Width)
        {
            V exponential = VectorMath.PowerOfTwo<TSimd, V>(TSimd.MultiplyAdd(TSimd.Load(scores + j), factor, shift));
            TSimd.Store(scores + j, exponential);
            total = TSimd.Add(total, exponential);
        }

        float rowSum = TSimd.Sum(total);
        if (current == previous)
        {
            *sum += rowSum;
            return;
        }
        *maximum = current;
        if (previous == float.NegativeInfinity)
        {
            *sum = rowSum;
            return;
        }
        V rescale = VectorMath.PowerOfTwo<TSimd, V>(TSimd.Broadcast(previous * VectorMath.Log2E - current * VectorMath.Log2E));
        for (int n = 0; n < ValueColumns; n += TSimd.Width) TSimd.Store(accumulated + n, TSimd.Multiply(TSimd.Load(accumulated + n), rescale));
        *sum = *sum * TSimd.MaxElement(rescale) + rowSum;
    }
}
