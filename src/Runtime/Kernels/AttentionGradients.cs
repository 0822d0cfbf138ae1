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
internal unsafe struct AttentionGradients<THeads, TKeyValueHeads, THeadDim>
    where THeads : struct, IDimension
    where TKeyValueHeads : struct, IDimension
    where THeadDim : struct, IDimension
{
    /// <summary>The most keys, and the most queries, of a block; the floats from one row of scores to the next.</summary>
    public const int MostRows = 64;

    public float* OutputGradient, Q, K, V, O, LogNormalizers, QueryGradient, KeyGradient, ValueGradient;
    public float Scale;
    public AttentionMask Mask;
    public AttentionDropout Dropout;
    public int Sequence;

    private static int PaddedHeadDim => HeadPanels.RoundUp(THeadDim.Value);

    private static nint QueryStride => HeadRow<THeads, THeadDim>.Value;

    private static nint KeyStride => HeadRow<TKeyValueHeads, THeadDim>.Value;

    /// <summary>Keys or queries in a block: fewer where the head dimension is large, so that eight packed blocks fit the scratch.</summary>
    private static int BlockRows => PaddedHeadDim <= 256 ? MostRows : PaddedHeadDim <= 512 ? MostRows / 2 : MostRows / 4;

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
        nint keyHead = (nint)sequence * Sequence * KeyStride + heads.Start.Value / (THeads.Value / TKeyValueHeads.Value) * THeadDim.Value;
        if (TChoice.OfQueries) ClearQueries(sequence, heads, queries);

        for (int key = keys.Start.Value; key < keys.End.Value; key += BlockRows)
        {
            int keyCount = Math.Min(BlockRows, keys.End.Value - key);
            nint keyOffset = keyHead + key * KeyStride;
            pair.TakeKeys<TChoice>(K + keyOffset, V + keyOffset, keyCount);
            for (int head = heads.Start.Value; head < heads.End.Value; head++)
            {
                for (int query = queries.Start.Value; query < queries.End.Value; query += BlockQueries)
                {
                    int queryCount = Math.Min(BlockQueries, queries.End.Value - query);
                    int visible = Math.Min(keyCount, Mask.End(query + queryCount - 1, Sequence) - key);
                    if (visible > 0 && Mask.First(query) < key + keyCount)
                        pair.Visit<TChoice>(sequence, head, query, queryCount, key, visible);
                }
            }
            if (TChoice.OfKeysAndValues) pair.WriteKeys(KeyGradient + keyOffset, ValueGradient + keyOffset, keyCount);
        }
    }

    private readonly void ClearQueries(int sequence, Range heads, Range queries)
    {
        int columns = (heads.End.Value - heads.Start.Value) * THeadDim.Value;
        for (int query = queries.Start.Value; query < queries.End.Value; query++)
            new Span<float>(QueryGradient + ((nint)sequence * Sequence + query) * QueryStride + heads.Start.Value * THeadDim.Value, columns).Clear();
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
        private readonly AttentionGradients<THeads, TKeyValueHeads, THeadDim> _operands;
        private readonly float* _keyColumns, _valueColumns, _keyRows, _queryRows, _outputRows;
        private readonly float* _keyGradient, _valueGradient, _queryGradient, _scores, _scoreGradients, _factors;

        public Pair(float* memory, in AttentionGradients<THeads, TKeyValueHeads, THeadDim> operands)
        {
            _operands = operands;
            Scratch scratch = new(memory);
            int block = BlockRows * PaddedHeadDim;
            _keyColumns = scratch.Take(block);
            _valueColumns = scratch.Take(block);
            _keyRows = scratch.Take(block);
            _queryRows = scratch.Take(block);
            _outputRows = scratch.Take(block);
            _keyGradient = scratch.Take(block);
            _valueGradient = scratch.Take(block);
            _queryGradient = _queryRows;
            _scores = scratch.Take(MostRows * MostRows);
            _scoreGradients = scratch.Take(MostRows * MostRows);
            _factors = scratch.Take(MostRows);
        }

        public readonly void TakeKeys<TChoice>(float* keys, float* values, int count)
            where TChoice : struct, IGradientChoice
        {
            HeadPanels.Transposed<THeadDim>(keys, KeyStride, count, _keyColumns);
            HeadPanels.Transposed<THeadDim>(values, KeyStride, count, _valueColumns);
            if (TChoice.OfQueries) HeadPanels.Rows<TSimd, V, THeadDim>(keys, KeyStride, count, BlockRows, _keyRows);
            if (!TChoice.OfKeysAndValues) return;
            new Span<float>(_keyGradient, BlockRows * PaddedHeadDim).Clear();
            new Span<float>(_valueGradient, BlockRows * PaddedHeadDim).Clear();
        }

        public readonly void WriteKeys(float* keyGradient, float* valueGradient, int count)
        {
            HeadPanels.CopyOut<TSimd, V, THeadDim>(_keyGradient, count, keyGradient, KeyStride);
            HeadPanels.CopyOut<TSimd, V, THeadDim>(_valueGradient, count, valueGradient, KeyStride);
        }

        /// <summary>Adds what some queries of a head and the first visible keys of the block owe to each other.</summary>
        public readonly void Visit<TChoice>(int sequence, int head, int query, int queries, int key, int keys)
            where TChoice : struct, IGradientChoice
        {
            nint offset = ((nint)sequence * _operands.Sequence + query) * QueryStride + head * THeadDim.Value;
            long row = ((long)sequence * THeads.Value + head) * _operands.Sequence + query;
            ScoreGradients(offset, row, query, queries, key, keys);

            int panelStride = BlockRows * HeadPanels.Width;
            if (TChoice.OfKeysAndValues)
            {
                HeadPanels.Rows<TSimd, V, THeadDim>(_operands.Q + offset, QueryStride, queries, BlockRows, _queryRows);
                HeadPanels.Rows<TSimd, V, THeadDim>(_operands.OutputGradient + offset, QueryStride, queries, BlockRows, _outputRows);
                PanelProduct<TSimd, V, TransposedStrides<ScoreStride>>.Add(
                    _scores, _outputRows, panelStride, keys, queries, PaddedHeadDim, _valueGradient, PaddedHeadDim);
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
        private readonly void ScoreGradients(nint offset, long row, int query, int queries, int key, int keys)
        {
            int columns = HeadPanels.RoundUp(keys);
            PanelProduct<TSimd, V, RowMajorStrides<HeadRow<THeads, THeadDim>>>.Write(
                _operands.Q + offset, _keyColumns, THeadDim.Value * HeadPanels.Width, queries, THeadDim.Value, columns, _scores, MostRows);
            PanelProduct<TSimd, V, RowMajorStrides<HeadRow<THeads, THeadDim>>>.Write(
                _operands.OutputGradient + offset, _valueColumns, THeadDim.Value * HeadPanels.Width, queries, THeadDim.Value, columns, _scoreGradients, MostRows);

            for (int i = 0; i < queries; i++)
            {
                int first = Math.Clamp(_operands.Mask.First(query + i) - key, 0, columns);
                int end = Math.Clamp(_operands.Mask.End(query + i, _operands.Sequence) - key, first, keys);
                float* scores = _scores + i * MostRows;
                float* gradients = _scoreGradients + i * MostRows;
                if (first < end)
                {
                    float mean = Dot(_operands.OutputGradient + offset + i * QueryStride, _operands.O + offset + i * QueryStride);
                    if (_operands.Dropout.IsEnabled)
                    {
                        _operands.Dropout.WriteFactors<TSimd, V>(row + i, key, columns, _factors);
                        DroppedRow(scores, gradients, columns, _operands.LogNormalizers[row + i], mean);
                    }
                    else
                    {
                        Row(scores, gradients, columns, _operands.LogNormalizers[row + i], mean);
                    }
                }
                Hide(scores, columns, first, end);
                Hide(gradients, columns, first, end);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Row(float* scores, float* gradients, int columns, float logNormalizer, float mean)
        {
            V scale = TSimd.Broadcast(_operands.Scale);
            V shift = TSimd.Broadcast(-logNormalizer);
            V center = TSimd.Broadcast(mean);
            for (int j = 0; j < columns; j += TSimd.Width)
            {
                V probability = VectorMath.Exp<TSimd, V>(TSimd.MultiplyAdd(TSimd.Load(scores + j), scale, shift));
                V centered = TSimd.Subtract(TSimd.Load(gradients + j), center);
                TSimd.Store(scores + j, probability);
                TSimd.Store(gradients + j, TSimd.Multiply(TSimd.Multiply(scale, probability), centered));
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void DroppedRow(float* scores, float* gradients, int columns, float logNormalizer, float mean)
        {
            V scale = TSimd.Broadcast(_operands.Scale);
            V shift = TSimd.Broadcast(-logNormalizer);
            V center = TSimd.Broadcast(mean);
            for (int j = 0; j < columns; j += TSimd.Width)
            {
                V factor = TSimd.Load(_factors + j);
                V probability = VectorMath.Exp<TSimd, V>(TSimd.MultiplyAdd(TSimd.Load(scores + j), scale, shift));
                V centered = TSimd.Subtract(TSimd.Multiply(TSimd.Load(gradients + j), factor), center);
                TSimd.Store(scores + j, TSimd.Multiply(probability, factor));
                TSimd.Store(gradients + j, TSimd.Multiply(TSimd.Multiply(scale, probability), centered));
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
            for (int n = 0; n < THeadDim.Value; n += TSimd.Width)
                sum = TSimd.MultiplyAdd(HeadPanels.LoadColumns<TSimd, V, THeadDim>(left, n), HeadPanels.LoadColumns<TSimd, V, THeadDim>(right, n), sum);
            return TSimd.Sum(sum);
        }
    }
}
