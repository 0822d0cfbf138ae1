using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;

namespace Transformer.Compiled.Kernels;

// A row of weights first takes the scores, block of keys by block, then their softmax in place.

/// <summary>Some queries of a head, and where their weights go.</summary>
internal unsafe struct WeightRows
{
    public const int MostRows = OnlineSoftmax.PartRows;

    public float* Queries;

    public int Count;

    /// <summary>For each row its first visible key.</summary>
    public int* First;

    /// <summary>For each row the end of its visible keys.</summary>
    public int* End;

    public float* Weights;

    /// <summary>Floats from one row of weights to the next.</summary>
    public nint Stride;

    /// <summary>Keys of a row of weights.</summary>
    public int Keys;

    public TermRows Terms;

    /// <summary>The scores of a block: <see cref="OnlineSoftmax.ScoreFloats"/> floats.</summary>
    public float* Scores;

    public static WeightRows Create(ref Scratch scratch, float* queries, int count) => new()
    {
        Queries = queries,
        Count = count,
        First = scratch.TakeIntegers(count),
        End = scratch.TakeIntegers(count),
        Scores = scratch.Take(OnlineSoftmax.ScoreFloats),
    };

    /// <summary>The stretch of keys that has all that any row sees.</summary>
    public readonly (int First, int End) Visible() => new QueryRows { Count = Count, First = First, End = End }.Visible();

    /// <summary>Writes the scores of a block of keys.</summary>
    /// <param name="keys">Panels of keys.</param>
    /// <param name="start">The index of the first.</param>
    /// <param name="count">The number of them, at most <see cref="KeyValueBlock.MostKeys"/>.</param>
    /// <param name="scale">What products are multiplied with.</param>
    public readonly void Take<TSimd, V, TQueryStride, THeadDim>(float* keys, int start, int count, float scale)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TQueryStride : struct, IDimension
        where THeadDim : struct, IDimension
    {
        int columns = HeadPanels.RoundUp(count);
        float* hidden = Scores + OnlineSoftmax.HiddenOffset;
        Terms.WriteHidden(start, count, hidden);
        PanelProduct<TSimd, V, RowMajorStrides<TQueryStride>>.Write(
            Queries, keys, THeadDim.Value * HeadPanels.Width, Count, THeadDim.Value, columns, Scores, KeyValueBlock.MostKeys);
        for (int i = 0; i < Count; i++)
        {
            int first = Math.Clamp(First[i] - start, 0, count);
            int end = Math.Clamp(End[i] - start, first, count);
            if (first == end) continue;
            float* scores = Scores + i * KeyValueBlock.MostKeys;
            V remaining = TSimd.Broadcast(Terms.Add<TSimd, V>(i, start, end, scale, hidden, scores));
            for (int j = 0; j < columns; j += TSimd.Width) TSimd.Store(scores + j, TSimd.Multiply(TSimd.Load(scores + j), remaining));
            new ReadOnlySpan<float>(scores + first, end - first).CopyTo(new Span<float>(Weights + i * Stride + start + first, end - first));
        }
    }

    /// <summary>Turns scores into weights, and writes zeros where a row sees nothing.</summary>
    public readonly void Finish<TSimd, V>()
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        for (int i = 0; i < Count; i++)
        {
            float* row = Weights + i * Stride;
            int end = Math.Max(0, End[i]);
            int first = Math.Min(First[i], end);
            new Span<float>(row, first).Clear();
            new Span<float>(row + end, Keys - end).Clear();
            float* factors = Terms.Factors == null ? null : Terms.Factors + i * Terms.PairStride + first;
            Softmax<TSimd, V>(row + first, end - first, factors);
        }
    }

    private static void Softmax<TSimd, V>(float* x, int count, float* factors)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        float largest = float.NegativeInfinity;
        for (int j = 0; j < count; j++) largest = MathF.Max(largest, x[j]);
        if (largest == float.NegativeInfinity)
        {
            new Span<float>(x, count).Clear();
            return;
        }
        V total = TSimd.Zero;
        int whole = count & -TSimd.Width;
        for (int j = 0; j < whole; j += TSimd.Width) Exponential<TSimd, V, AllLanes>(x + j, TSimd.Width, largest, ref total);
        if (whole < count) Exponential<TSimd, V, FirstLanes>(x + whole, count - whole, largest, ref total);
        float scale = 1f / TSimd.Sum(total);
        for (int j = 0; j < count; j++) x[j] *= factors == null ? scale : scale * factors[j];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exponential<TSimd, V, TLanes>(float* x, int lanes, float largest, ref V total)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes
    {
        V exponential = VectorMath.Exp<TSimd, V>(TSimd.Subtract(TLanes.Load<TSimd, V>(x, lanes), TSimd.Broadcast(largest)));
        TLanes.Store<TSimd, V>(x, exponential, lanes);
        total = TSimd.Add(total, TLanes.Keep<TSimd, V>(exponential, lanes));
    }
}

/// <summary>Weights of whole sequences.</summary>
internal unsafe struct SequenceWeights<THeads, TKeyValueHeads, THeadDim> : ITiledKernel
    where THeads : struct, IDimension
    where TKeyValueHeads : struct, IDimension
    where THeadDim : struct, IDimension
{
    public float* Q, K, Weights;
    public AttentionTerms Terms;
    public float Scale;
    public AttentionMask Mask;
    public int Queries, Keys;

    public readonly int Chunks => (Queries + WeightRows.MostRows - 1) / WeightRows.MostRows;

    public readonly void Run<TSimd, TVector>(int task, float* memory)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int sequence = task / Chunks / THeads.Value;
        int head = task / Chunks % THeads.Value;
        int start = task % Chunks * WeightRows.MostRows;
        int count = Math.Min(WeightRows.MostRows, Queries - start);
        nint keyStride = HeadRow<TKeyValueHeads, THeadDim>.Value;
        float* keys = K + (nint)sequence * Keys * keyStride + head / (THeads.Value / TKeyValueHeads.Value) * THeadDim.Value;
        nint query = (nint)sequence * Queries + start;

        Scratch scratch = new(memory);
        WeightRows rows = WeightRows.Create(ref scratch, Q + query * HeadRow<THeads, THeadDim>.Value + head * THeadDim.Value, count);
        rows.Weights = Weights + (((nint)sequence * THeads.Value + head) * Queries + start) * Keys;
        rows.Stride = Keys;
        rows.Keys = Keys;
        rows.Terms = Terms.Rows(sequence, head, start);
        for (int i = 0; i < count; i++) (rows.First[i], rows.End[i]) = (Mask.First(start + i), Mask.End(start + i, Keys));

        float* panels = scratch.Take(KeyValueBlock.MostKeys * THeadDim.Value);
        (int first, int end) = rows.Visible();
        for (int key = first; key < end; key += KeyValueBlock.MostKeys)
        {
            int block = Math.Min(KeyValueBlock.MostKeys, end - key);
            HeadPanels.Transposed<THeadDim>(keys + key * keyStride, keyStride, block, panels);
            rows.Take<TSimd, TVector, HeadRow<THeads, THeadDim>, THeadDim>(panels, key, block, Scale);
        }
        rows.Finish<TSimd, TVector>();
    }
}

/// <summary>Weights of rows that attend to a cache.</summary>
internal unsafe struct CacheWeights<THeads, TKeyValueHeads, THeadDim, TContext> : ITiledKernel
    where THeads : struct, IDimension
    where TKeyValueHeads : struct, IDimension
    where THeadDim : struct, IDimension
    where TContext : struct, IDimension
{
    public CacheTasks.CacheRows<THeads, TKeyValueHeads, THeadDim, THeadDim, TContext, WithTerms> Rows;

    public readonly int Chunks => (Rows.Sequence + WeightRows.MostRows - 1) / WeightRows.MostRows;

    public readonly void Run<TSimd, TVector>(int task, float* memory)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int slot = task / Chunks / THeads.Value;
        int head = task / Chunks % THeads.Value;
        int start = task % Chunks * WeightRows.MostRows;
        int count = Math.Min(WeightRows.MostRows, Rows.Sequence - start);
        int firstRow = slot * Rows.Sequence + start;
        nint vector = (nint)firstRow * THeads.Value + head;
        nint headFloats = KeyValueCache.Floats(1, THeadDim.Value, TContext.Value);
        float* keys = Rows.Keys + slot * Rows.SlotStride + head / (THeads.Value / TKeyValueHeads.Value) * headFloats;

        Scratch scratch = new(memory);
        WeightRows rows = WeightRows.Create(ref scratch, Rows.Q + vector * THeadDim.Value, count);
        rows.Weights = Rows.O + vector * TContext.Value;
        rows.Stride = (nint)THeads.Value * TContext.Value;
        rows.Keys = TContext.Value;
        rows.Terms = Rows.RowTerms(firstRow, head);
        for (int i = 0; i < count; i++) (rows.First[i], rows.End[i]) = Rows.Visible(firstRow + i);

        (int first, int end) = rows.Visible();
        for (int key = first & -HeadPanels.Width; key < end; key += KeyValueBlock.MostKeys)
        {
            int block = Math.Min(KeyValueBlock.MostKeys, end - key);
            rows.Take<TSimd, TVector, HeadRow<THeads, THeadDim>, THeadDim>(keys + (nint)key * THeadDim.Value, key, block, Rows.Scale);
        }
        rows.Finish<TSimd, TVector>();
    }
}
