using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;

namespace Transformer.Compiled.Kernels;

/// <summary>Which gradients a task computes.</summary>
internal interface IGradientChoice
{
    static abstract bool OfKeysAndValues { get; }

    static abstract bool OfQueries { get; }
}

internal readonly struct AllGradients : IGradientChoice
{
    public static bool OfKeysAndValues => true;

    public static bool OfQueries => true;
}

internal readonly struct KeyValueGradients : IGradientChoice
{
    public static bool OfKeysAndValues => true;

    public static bool OfQueries => false;
}

internal readonly struct QueryGradients : IGradientChoice
{
    public static bool OfKeysAndValues => false;

    public static bool OfQueries => true;
}

/// <summary>The operands of attention's backward pass, and its walk over pairs of a block of keys and a block of queries.</summary>
internal unsafe struct AttentionGradients<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms>
    where THeads : struct, IDimension
    where TKeyValueHeads : struct, IDimension
    where THeadDim : struct, IDimension
    where TValueHeadDim : struct, IDimension
    where TTerms : struct, ITermChoice
{
    /// <summary>The most keys, and the most queries, of a block; the floats from one row of scores to the next.</summary>
    public const int MostRows = 64;

    public float* OutputGradient, Q, K, V, O, LogNormalizers, QueryGradient, KeyGradient, ValueGradient, ScoreGradient, WeightGradient;
    public AttentionTerms Terms;
    public float Scale;
    public AttentionMask Mask;
    public AttentionDropout Dropout;
    public int Queries, Keys;

    private static int PaddedHeadDim => HeadPanels.RoundUp(THeadDim.Value);

    private static int PaddedValueHeadDim => HeadPanels.RoundUp(TValueHeadDim.Value);

    private static nint QueryStride => HeadRow<THeads, THeadDim>.Value;

    private static nint KeyStride => HeadRow<TKeyValueHeads, THeadDim>.Value;

    private static nint ValueStride => HeadRow<TKeyValueHeads, TValueHeadDim>.Value;

    private static nint OutputStride => HeadRow<THeads, TValueHeadDim>.Value;

    /// <summary>Keys or queries in a block: fewer where a head dimension is large, so that seven packed blocks fit the scratch.</summary>
    private static int BlockRows => Math.Max(PaddedHeadDim, PaddedValueHeadDim) switch { <= 256 => MostRows, <= 512 => MostRows / 2, _ => MostRows / 4 };

    /// <summary>Queries of all heads of a task whose D_i are computed once; those of longer sequences are, for each block.</summary>
    private const int MostMeans = 16 * 1024;

    /// <summary>Writes the chosen gradients of some keys and queries from what they owe to each other.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="heads">The query heads, which share one key/value head.</param>
    /// <param name="keys">The keys: all of them where the queries' gradients are computed.</param>
    /// <param name="queries">The queries: all of them where the keys' gradients are computed.</param>
    /// <param name="memory">The thread's scratch.</param>
    public readonly void Run<TSimd, TVector, TChoice>(int sequence, Range heads, Range keys, Range queries, float* memory)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TChoice : struct, IGradientChoice
    {
        Pair<TSimd, TVector> pair = new(memory, this);
        int keyValueHead = heads.Start.Value / (THeads.Value / TKeyValueHeads.Value);
        nint firstKey = (nint)sequence * Keys;
        (int firstVisible, int endVisible) = TTerms.HasTerms ? Terms.Visible(sequence) : (0, Keys);
        if (TChoice.OfQueries) ClearQueries(sequence, heads, queries);
        int rows = queries.End.Value - queries.Start.Value;
        bool hasMeans = (long)rows * (heads.End.Value - heads.Start.Value) <= MostMeans;
        for (int head = heads.Start.Value; hasMeans && head < heads.End.Value; head++)
            pair.WriteMeans(sequence, head, queries.Start.Value, rows, pair.Means + (head - heads.Start.Value) * rows);

        for (int key = keys.Start.Value; key < keys.End.Value; key += BlockRows)
        {
            int keyCount = Math.Min(BlockRows, keys.End.Value - key);
            nint keyOffset = (firstKey + key) * KeyStride + keyValueHead * THeadDim.Value;
            nint valueOffset = (firstKey + key) * ValueStride + keyValueHead * TValueHeadDim.Value;
            pair.TakeKeys<TChoice>(K + keyOffset, V + valueOffset, keyCount);
            for (int head = heads.Start.Value; head < heads.End.Value; head++)
            {
                for (int query = queries.Start.Value; query < queries.End.Value; query += BlockRows)
                {
                    int queryCount = Math.Min(BlockRows, queries.End.Value - query);
                    int visible = Math.Min(keyCount, Math.Min(endVisible, Mask.End(query + queryCount - 1, Keys)) - key);
                    if (visible <= 0 || Math.Max(firstVisible, Mask.First(query)) >= key + keyCount) continue;
                    float* means = pair.Means;
                    if (hasMeans) means += (head - heads.Start.Value) * rows + query - queries.Start.Value;
                    else pair.WriteMeans(sequence, head, query, queryCount, means);
                    pair.Visit<TChoice>(sequence, head, query, queryCount, key, visible, means);
                }
            }
            if (TChoice.OfKeysAndValues) pair.WriteKeys(KeyGradient + keyOffset, ValueGradient + valueOffset, keyCount);
        }
    }

    private readonly void ClearQueries(int sequence, Range heads, Range queries)
    {
        int columns = (heads.End.Value - heads.Start.Value) * THeadDim.Value;
        for (int query = queries.Start.Value; query < queries.End.Value; query++)
            new Span<float>(QueryGradient + ((nint)sequence * Queries + query) * QueryStride + heads.Start.Value * THeadDim.Value, columns).Clear();
        if (!TTerms.HasTerms || ScoreGradient == null) return;
        for (int head = heads.Start.Value; head < heads.End.Value; head++)
        {
            float* row = ScoreGradient + (((nint)sequence * THeads.Value + head) * Queries + queries.Start.Value) * Keys;
            for (int query = queries.Start.Value; query < queries.End.Value; query++, row += Keys) new Span<float>(row, Keys).Clear();
        }
    }

    private readonly struct ScoreStride : IDimension
    {
        public static int Value => MostRows;
    }

    /// <summary>A block of keys that is visited by blocks of queries, with the temporaries of both.</summary>
    private ref struct Pair<TSimd, V>
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        private readonly AttentionGradients<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> _operands;
        private readonly float* _keyColumns, _valueColumns, _keyRows, _queryRows, _outputRows;
        private readonly float* _keyGradient, _valueGradient, _queryGradient, _scores, _scoreGradients, _factors, _hidden;

        public Pair(float* memory, in AttentionGradients<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTerms> operands)
        {
            _operands = operands;
            Scratch scratch = new(memory);
            int block = BlockRows * PaddedHeadDim, valueBlock = BlockRows * PaddedValueHeadDim;
            _keyColumns = scratch.Take(block);
            _valueColumns = scratch.Take(valueBlock);
            _keyRows = scratch.Take(block);
            _queryRows = scratch.Take(block);
            _outputRows = scratch.Take(valueBlock);
            _keyGradient = scratch.Take(block);
            _valueGradient = scratch.Take(valueBlock);
            _queryGradient = _queryRows;
            _scores = scratch.Take(MostRows * MostRows);
            _scoreGradients = scratch.Take(MostRows * MostRows);
            _factors = scratch.Take(MostRows);
            _hidden = scratch.Take(MostRows);
            Means = scratch.Take(MostMeans);
        }

        /// <summary>Room for D of <see cref="MostMeans"/> queries.</summary>
        public float* Means { get; }

        /// <summary>D_i = do_i·o_i of some queries of a head.</summary>
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public readonly void WriteMeans(int sequence, int head, int query, int queries, float* means)
        {
            nint offset = ((nint)sequence * _operands.Queries + query) * OutputStride + head * TValueHeadDim.Value;
            for (int i = 0; i < queries; i++, offset += OutputStride) means[i] = Dot(_operands.OutputGradient + offset, _operands.O + offset);
        }

        public readonly void TakeKeys<TChoice>(float* keys, float* values, int count)
            where TChoice : struct, IGradientChoice
        {
            HeadPanels.Transposed<THeadDim>(keys, KeyStride, count, _keyColumns);
            HeadPanels.Transposed<TValueHeadDim>(values, ValueStride, count, _valueColumns);
            if (TChoice.OfQueries) HeadPanels.Rows<TSimd, V, THeadDim>(keys, KeyStride, count, BlockRows, _keyRows);
            if (!TChoice.OfKeysAndValues) return;
            new Span<float>(_keyGradient, BlockRows * PaddedHeadDim).Clear();
            new Span<float>(_valueGradient, BlockRows * PaddedValueHeadDim).Clear();
        }

        public readonly void WriteKeys(float* keyGradient, float* valueGradient, int count)
        {
            HeadPanels.CopyOut<TSimd, V, THeadDim>(_keyGradient, count, keyGradient, KeyStride);
            HeadPanels.CopyOut<TSimd, V, TValueHeadDim>(_valueGradient, count, valueGradient, ValueStride);
        }

        /// <summary>Adds what some queries of a head and the first visible keys of the block owe to each other.</summary>
        public readonly void Visit<TChoice>(int sequence, int head, int query, int queries, int key, int keys, float* means)
            where TChoice : struct, IGradientChoice
        {
            nint firstQuery = (nint)sequence * _operands.Queries + query;
            nint offset = firstQuery * QueryStride + head * THeadDim.Value;
            nint outputOffset = firstQuery * OutputStride + head * TValueHeadDim.Value;
            bool seesAll = _operands.Mask.First(query + queries - 1) <= key && _operands.Mask.End(query, _operands.Keys) >= key + keys;
            int strip = seesAll ? queries : MicroKernel<TSimd, V, RowMajorStrides<ScoreStride>>.MaximumRows;
            ScoreGradients<TChoice>(offset, outputOffset, sequence, head, query, queries, key, keys, strip, means);
            if (TChoice.OfKeysAndValues) AddToKeys(offset, outputOffset, query, queries, key, keys, seesAll ? keys : strip);
            if (TChoice.OfQueries) AddToQueries(offset, query, queries, key, keys, strip);
        }

        /// <summary>dV += (d·p)ᵀ · dO and dK += dsᵀ · Q, a strip of keys at a time: the queries before the first that sees any of it are left out.</summary>
        private readonly void AddToKeys(nint offset, nint outputOffset, int query, int queries, int key, int keys, int strip)
        {
            int panelStride = BlockRows * HeadPanels.Width;
            HeadPanels.Rows<TSimd, V, THeadDim>(_operands.Q + offset, QueryStride, queries, BlockRows, _queryRows);
            HeadPanels.Rows<TSimd, V, TValueHeadDim>(_operands.OutputGradient + outputOffset, OutputStride, queries, BlockRows, _outputRows);
            int first = 0;
            for (int j = 0; j < keys; j += strip)
            {
                int count = Math.Min(strip, keys - j);
                while (first < queries && _operands.Mask.End(query + first, _operands.Keys) <= key + j) first++;
                int left = first * MostRows + j, right = first * HeadPanels.Width;
                if (first == queries) return;
                PanelProduct<TSimd, V, TransposedStrides<ScoreStride>>.Add(
                    _scores + left, _outputRows + right, panelStride, count, queries - first, PaddedValueHeadDim, _valueGradient + j * PaddedValueHeadDim, PaddedValueHeadDim);
                PanelProduct<TSimd, V, TransposedStrides<ScoreStride>>.Add(
                    _scoreGradients + left, _queryRows + right, panelStride, count, queries - first, PaddedHeadDim, _keyGradient + j * PaddedHeadDim, PaddedHeadDim);
            }
        }

        /// <summary>dQ += ds · K, a strip of queries at a time and as many keys as any of it sees; whole panels go where the gradient is.</summary>
        private readonly void AddToQueries(nint offset, int query, int queries, int key, int keys, int strip)
        {
            int panelStride = BlockRows * HeadPanels.Width;
            float* gradient = _operands.QueryGradient + offset;
            for (int i = 0; i < queries; i += strip)
            {
                int count = Math.Min(strip, queries - i);
                int depth = Math.Min(keys, _operands.Mask.End(query + i + count - 1, _operands.Keys) - key);
                if (depth <= 0) continue;
                float* rows = _scoreGradients + i * MostRows;
                if (THeadDim.Value % HeadPanels.Width == 0)
                {
                    PanelProduct<TSimd, V, RowMajorStrides<ScoreStride>>.Add(
                        rows, _keyRows, panelStride, count, depth, PaddedHeadDim, gradient + i * QueryStride, QueryStride);
                    continue;
                }
                PanelProduct<TSimd, V, RowMajorStrides<ScoreStride>>.Write(rows, _keyRows, panelStride, count, depth, PaddedHeadDim, _queryGradient, PaddedHeadDim);
                HeadPanels.AddOut<TSimd, V, THeadDim>(_queryGradient, count, gradient + i * QueryStride, QueryStride);
            }
        }

        /// <summary>Leaves d·p in the scores and ds in their gradients; both are zero where a query does not see a key.</summary>
        private readonly void ScoreGradients<TChoice>(nint offset, nint outputOffset, int sequence, int head, int query, int queries, int key, int keys, int strip, float* means)
            where TChoice : struct, IGradientChoice
        {
            for (int i = 0; i < queries; i += strip)
            {
                int count = Math.Min(strip, queries - i);
                int columns = HeadPanels.RoundUp(Math.Clamp(_operands.Mask.End(query + i + count - 1, _operands.Keys) - key, 0, keys));
                if (columns == 0) continue;
                PanelProduct<TSimd, V, RowMajorStrides<HeadRow<THeads, THeadDim>>>.Write(
                    _operands.Q + offset + i * QueryStride, _keyColumns, THeadDim.Value * HeadPanels.Width, count, THeadDim.Value, columns, _scores + i * MostRows, MostRows);
                PanelProduct<TSimd, V, RowMajorStrides<HeadRow<THeads, TValueHeadDim>>>.Write(
                    _operands.OutputGradient + outputOffset + i * OutputStride, _valueColumns, TValueHeadDim.Value * HeadPanels.Width, count, TValueHeadDim.Value, columns,
                    _scoreGradients + i * MostRows, MostRows);
            }

            long row = ((long)sequence * THeads.Value + head) * _operands.Queries + query;
            float* stored = TTerms.HasTerms && TChoice.OfQueries && _operands.ScoreGradient != null ? _operands.ScoreGradient + (nint)row * _operands.Keys + key : null;
            TermRows terms = TTerms.HasTerms ? _operands.Terms.Rows(sequence, head, query) : default;
            if (TTerms.HasTerms) terms.WriteHidden(key, keys, _hidden);

            int padded = HeadPanels.RoundUp(keys);
            for (int i = 0; i < queries; i++)
            {
                int first = Math.Clamp(_operands.Mask.First(query + i) - key, 0, keys);
                int end = Math.Clamp(_operands.Mask.End(query + i, _operands.Keys) - key, first, keys);
                float logNormalizer = _operands.LogNormalizers[row + i];
                if (TTerms.HasTerms && logNormalizer == float.NegativeInfinity) end = first;
                int start = first & -TSimd.Width;
                int columns = first == end ? start : (end + TSimd.Width - 1) & -TSimd.Width;
                float* scores = _scores + i * MostRows;
                float* gradients = _scoreGradients + i * MostRows;
                if (first < end)
                {
                    float scale = TTerms.HasTerms ? terms.Add<TSimd, V>(i, key, end, _operands.Scale, _hidden, scores) : _operands.Scale;
                    float gradientScale = TTerms.HasTerms && stored != null ? 1f : _operands.Scale;
                    if (TTerms.HasTerms && _operands.WeightGradient != null)
                        TermRows.Add<TSimd, V>(_operands.WeightGradient + ((nint)row + i) * _operands.Keys + key, end, 1f, gradients);
                    if (WriteFactors(terms, row + i, i, key, end, columns)) DroppedRow(scores, gradients, start, columns, scale, gradientScale, logNormalizer, means[i]);
                    else Row(scores, gradients, start, columns, scale, gradientScale, logNormalizer, means[i]);
                }
                Hide(scores, padded, start, first, end, columns);
                Hide(gradients, padded, start, first, end, columns);
                if (TTerms.HasTerms && stored != null && first < end) Store(gradients, columns, end, stored + (nint)i * _operands.Keys);
            }
        }

        /// <summary>Writes what a row's probabilities are multiplied with, unless that is nothing.</summary>
        private readonly bool WriteFactors(in TermRows terms, long row, int termRow, int key, int count, int columns)
        {
            bool hasFactors = TTerms.HasTerms && terms.Factors != null;
            if (_operands.Dropout.IsEnabled) _operands.Dropout.WriteFactors<TSimd, V>(row, key, columns, _factors);
            else if (hasFactors) new Span<float>(_factors, columns).Fill(1f);
            if (hasFactors) terms.Multiply<TSimd, V>(termRow, key, count, _factors);
            return hasFactors || _operands.Dropout.IsEnabled;
        }

        /// <summary>Stores a row of the scores' gradients, and turns it into those of q·k.</summary>
        private readonly void Store(float* gradients, int columns, int count, float* stored)
        {
            new ReadOnlySpan<float>(gradients, count).CopyTo(new Span<float>(stored, count));
            V scale = TSimd.Broadcast(_operands.Scale);
            for (int j = 0; j < columns; j += TSimd.Width) TSimd.Store(gradients + j, TSimd.Multiply(TSimd.Load(gradients + j), scale));
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static void Row(float* scores, float* gradients, int start, int columns, float scoreScale, float gradientScale, float logNormalizer, float mean)
        {
            V scale = TSimd.Broadcast(scoreScale * VectorMath.Log2E);
            V slope = TSimd.Broadcast(gradientScale);
            V shift = TSimd.Broadcast(-(logNormalizer * VectorMath.Log2E));
            V center = TSimd.Broadcast(mean);
            for (int j = start; j < columns; j += TSimd.Width)
            {
                V probability = VectorMath.PowerOfTwo<TSimd, V>(TSimd.MultiplyAdd(TSimd.Load(scores + j), scale, shift));
                V centered = TSimd.Subtract(TSimd.Load(gradients + j), center);
                TSimd.Store(scores + j, probability);
                TSimd.Store(gradients + j, TSimd.Multiply(TSimd.Multiply(slope, probability), centered));
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void DroppedRow(float* scores, float* gradients, int start, int columns, float scoreScale, float gradientScale, float logNormalizer, float mean)
        {
            V scale = TSimd.Broadcast(scoreScale * VectorMath.Log2E);
            V slope = TSimd.Broadcast(gradientScale);
            V shift = TSimd.Broadcast(-(logNormalizer * VectorMath.Log2E));
            V center = TSimd.Broadcast(mean);
            for (int j = start; j < columns; j += TSimd.Width)
            {
                V factor = TSimd.Load(_factors + j);
                V probability = VectorMath.PowerOfTwo<TSimd, V>(TSimd.MultiplyAdd(TSimd.Load(scores + j), scale, shift));
                V centered = TSimd.Subtract(TSimd.Multiply(TSimd.Load(gradients + j), factor), center);
                TSimd.Store(scores + j, TSimd.Multiply(probability, factor));
                TSimd.Store(gradients + j, TSimd.Multiply(TSimd.Multiply(slope, probability), centered));
            }
        }

        /// <summary>Zeros in the lanes of a row outside [first, end), which lies in the vectors of [start, stop).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Hide(float* row, int columns, int start, int first, int end, int stop)
        {
            for (int j = 0; j < start; j += TSimd.Width) TSimd.Store(row + j, TSimd.Zero);
            for (int j = stop; j < columns; j += TSimd.Width) TSimd.Store(row + j, TSimd.Zero);
            if (start == stop) return;
            if (start < first)
            {
                V isBefore = TSimd.LessThan(TSimd.Lanes, TSimd.Broadcast(first - start));
                TSimd.Store(row + start, TSimd.Select(isBefore, TSimd.Zero, TSimd.Load(row + start)));
            }
            if (end < stop)
            {
                V isVisible = TSimd.LessThan(TSimd.Lanes, TSimd.Broadcast(end - stop + TSimd.Width));
                TSimd.Store(row + stop - TSimd.Width, TSimd.Select(isVisible, TSimd.Load(row + stop - TSimd.Width), TSimd.Zero));
            }
        }

        private static float Dot(float* left, float* right)
        {
            V sum = TSimd.Zero;
            for (int n = 0; n < TValueHeadDim.Value; n += TSimd.Width)
                sum = TSimd.MultiplyAdd(HeadPanels.LoadColumns<TSimd, V, TValueHeadDim>(left, n), HeadPanels.LoadColumns<TSimd, V, TValueHeadDim>(right, n), sum);
            return TSimd.Sum(sum);
        }
    }
}
