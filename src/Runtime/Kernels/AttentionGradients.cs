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

    /// <summary>Keys or queries in a block: fewer where a head dimension is large, so that eight packed blocks fit the scratch.</summary>
    private static int BlockRows => Math.Max(PaddedHeadDim, PaddedValueHeadDim) switch { <= 256 => MostRows, <= 512 => MostRows / 2, _ => MostRows / 4 };

    /// <summary>Queries in a block: half as many, so that little is computed that causality hides.</summary>
    private static int BlockQueries => BlockRows / 2;

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

        for (int key = keys.Start.Value; key < keys.End.Value; key += BlockRows)
        {
            int keyCount = Math.Min(BlockRows, keys.End.Value - key);
            nint keyOffset = (firstKey + key) * KeyStride + keyValueHead * THeadDim.Value;
            nint valueOffset = (firstKey + key) * ValueStride + keyValueHead * TValueHeadDim.Value;
            pair.TakeKeys<TChoice>(K + keyOffset, V + valueOffset, keyCount);
            for (int head = heads.Start.Value; head < heads.End.Value; head++)
            {
                for (int query = queries.Start.Value; query < queries.End.Value; query += BlockQueries)
                {
                    int queryCount = Math.Min(BlockQueries, queries.End.Value - query);
                    int visible = Math.Min(keyCount, Math.Min(endVisible, Mask.End(query + queryCount - 1, Keys)) - key);
                    if (visible > 0 && Math.Max(firstVisible, Mask.First(query)) < key + keyCount)
                        pair.Visit<TChoice>(sequence, head, query, queryCount, key, visible);
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
        public readonly void Visit<TChoice>(int sequence, int head, int query, int queries, int key, int keys)
            where TChoice : struct, IGradientChoice
        {
            nint firstQuery = (nint)sequence * _operands.Queries + query;
            nint offset = firstQuery * QueryStride + head * THeadDim.Value;
            nint outputOffset = firstQuery * OutputStride + head * TValueHeadDim.Value;
            ScoreGradients<TChoice>(offset, outputOffset, sequence, head, query, queries, key, keys);

            int panelStride = BlockRows * HeadPanels.Width;
            if (TChoice.OfKeysAndValues)
            {
                HeadPanels.Rows<TSimd, V, THeadDim>(_operands.Q + offset, QueryStride, queries, BlockRows, _queryRows);
                HeadPanels.Rows<TSimd, V, TValueHeadDim>(_operands.OutputGradient + outputOffset, OutputStride, queries, BlockRows, _outputRows);
                PanelProduct<TSimd, V, TransposedStrides<ScoreStride>>.Add(
                    _scores, _outputRows, panelStride, keys, queries, PaddedValueHeadDim, _valueGradient, PaddedValueHeadDim);
                PanelProduct<TSimd, V, TransposedStrides<ScoreStride>>.Add(
                    _scoreGradients, _queryRows, panelStride, keys, queries, PaddedHeadDim, _keyGradient, PaddedHeadDim);
            }
            if (TChoice.OfQueries)
            {
                PanelProduct<TSimd, V, RowMajorStrides<ScoreStride>>.Write(
                    _scoreGradients, _keyRows, panelStride, queries, keys, PaddedHeadDim, _queryGradient, PaddedHeadDim);
                HeadPanels.AddOut<TSimd, V, THeadDim>(_queryGradient, queries, _operands.QueryGradient + offset, QueryStride);
            }
        }

        /// <summary>Leaves d·p in the scores and ds in their gradients; both are zero where a query does not see a key.</summary>
        private readonly void ScoreGradients<TChoice>(nint offset, nint outputOffset, int sequence, int head, int query, int queries, int key, int keys)
            where TChoice : struct, IGradientChoice
        {
            int columns = HeadPanels.RoundUp(keys);
            PanelProduct<TSimd, V, RowMajorStrides<HeadRow<THeads, THeadDim>>>.Write(
                _operands.Q + offset, _keyColumns, THeadDim.Value * HeadPanels.Width, queries, THeadDim.Value, columns, _scores, MostRows);
            PanelProduct<TSimd, V, RowMajorStrides<HeadRow<THeads, TValueHeadDim>>>.Write(
                _operands.OutputGradient + outputOffset, _valueColumns, TValueHeadDim.Value * HeadPanels.Width, queries, TValueHeadDim.Value, columns, _scoreGradients, MostRows);

            long row = ((long)sequence * THeads.Value + head) * _operands.Queries + query;
            float* stored = TTerms.HasTerms && TChoice.OfQueries && _operands.ScoreGradient != null ? _operands.ScoreGradient + (nint)row * _operands.Keys + key : null;
            TermRows terms = TTerms.HasTerms ? _operands.Terms.Rows(sequence, head, query) : default;
            if (TTerms.HasTerms) terms.WriteHidden(key, keys, _hidden);

            for (int i = 0; i < queries; i++)
            {
                int first = Math.Clamp(_operands.Mask.First(query + i) - key, 0, keys);
                int end = Math.Clamp(_operands.Mask.End(query + i, _operands.Keys) - key, first, keys);
                float logNormalizer = _operands.LogNormalizers[row + i];
                if (TTerms.HasTerms && logNormalizer == float.NegativeInfinity) end = first;
                float* scores = _scores + i * MostRows;
                float* gradients = _scoreGradients + i * MostRows;
                if (first < end)
                {
                    float mean = Dot(_operands.OutputGradient + outputOffset + i * OutputStride, _operands.O + outputOffset + i * OutputStride);
                    float scale = TTerms.HasTerms ? terms.Add<TSimd, V>(i, key, end, _operands.Scale, _hidden, scores) : _operands.Scale;
                    float gradientScale = TTerms.HasTerms && stored != null ? 1f : _operands.Scale;
                    if (TTerms.HasTerms && _operands.WeightGradient != null)
                        TermRows.Add<TSimd, V>(_operands.WeightGradient + ((nint)row + i) * _operands.Keys + key, end, 1f, gradients);
                    if (WriteFactors(terms, row + i, i, key, end, columns)) DroppedRow(scores, gradients, columns, scale, gradientScale, logNormalizer, mean);
                    else Row(scores, gradients, columns, scale, gradientScale, logNormalizer, mean);
                }
                Hide(scores, columns, first, end);
                Hide(gradients, columns, first, end);
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
        private static void Row(float* scores, float* gradients, int columns, float scoreScale, float gradientScale, float logNormalizer, float mean)
        {
            V scale = TSimd.Broadcast(scoreScale);
            V slope = TSimd.Broadcast(gradientScale);
            V shift = TSimd.Broadcast(-logNormalizer);
            V center = TSimd.Broadcast(mean);
            for (int j = 0; j < columns; j += TSimd.Width)
            {
                V probability = VectorMath.Exp<TSimd, V>(TSimd.MultiplyAdd(TSimd.Load(scores + j), scale, shift));
                V centered = TSimd.Subtract(TSimd.Load(gradients + j), center);
                TSimd.Store(scores + j, probability);
                TSimd.Store(gradients + j, TSimd.Multiply(TSimd.Multiply(slope, probability), centered));
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void DroppedRow(float* scores, float* gradients, int columns, float scoreScale, float gradientScale, float logNormalizer, float mean)
        {
            V scale = TSimd.Broadcast(scoreScale);
            V slope = TSimd.Broadcast(gradientScale);
            V shift = TSimd.Broadcast(-logNormalizer);
            V center = TSimd.Broadcast(mean);
            for (int j = 0; j < columns; j += TSimd.Width)
            {
                V factor = TSimd.Load(_factors + j);
                V probability = VectorMath.Exp<TSimd, V>(TSimd.MultiplyAdd(TSimd.Load(scores + j), scale, shift));
                V centered = TSimd.Subtract(TSimd.Multiply(TSimd.Load(gradients + j), factor), center);
                TSimd.Store(scores + j, TSimd.Multiply(probability, factor));
                TSimd.Store(gradients + j, TSimd.Multiply(TSimd.Multiply(slope, probability), centered));
            }
        }

        private static void Hide(float* row, int columns, int first, int end)
        {
            if (first > 0) new Span<float>(row, first).Clear();
            if (end < columns) new Span<float>(row + end, columns - end).Clear();
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
