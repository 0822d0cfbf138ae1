using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// With t the row's target, w the weights of the classes (1 where there are none), ε the label smoothing and V classes, as in PyTorch:
// row loss = (1 − ε) · w[t] · (logZ − x[t]) + ε/V · Σ_c w[c] · (logZ − x[c])          loss = Σ row losses / Σ w[t] over rows with t ≠ −100
// dx[c]    = (((1 − ε) · w[t] + ε/V · Σ w) · e^(x[c] − logZ) − ε/V · w[c] − (1 − ε) · w[t] · [c = t]) / Σ w[t]          zero in rows with t = −100

/// <summary>The loss of a classifier over a vocabulary: softmax and cross-entropy in one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SoftmaxCrossEntropy
{
    /// <summary>The target that counts for nothing, as in PyTorch.</summary>
    internal const int Ignored = -100;

    /// <summary>
    /// The mean loss over the rows of logits[rows, V] whose target is not −100, in nats; 0 when there are none. Also each row's
    /// loss (0 where ignored) and log normalizer, both [rows]. The caller has checked the targets.
    /// </summary>
    public static float Forward<TV>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, int rows, Pointer<float> rowLosses, Pointer<float> logNormalizers)
        where TV : struct, IDimension => Forward<TV, Fastest>(team, logits, targets, default, rows, 0f, rowLosses, logNormalizers);

    /// <summary>The mean loss's gradient dLogits[rows, V]; it may be <paramref name="logits"/>.</summary>
    public static void Gradient<TV>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, Pointer<float> logNormalizers, int rows, Pointer<float> dLogits)
        where TV : struct, IDimension => Gradient<TV, Fastest>(team, logits, targets, logNormalizers, default, rows, 0f, dLogits);

    /// <summary>
    /// As <see cref="Forward{TV}"/>, with classWeights[V] (default is none) and label smoothing in [0, 1]: the mean is weighted by the targets'
    /// classes, and 0 where their weights sum to 0. Row losses are before division by that sum.
    /// </summary>
    public static float WeightedForward<TV>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, Pointer<float> classWeights, int rows, float labelSmoothing,
        Pointer<float> rowLosses, Pointer<float> logNormalizers)
        where TV : struct, IDimension => Forward<TV, Fastest>(team, logits, targets, classWeights, rows, labelSmoothing, rowLosses, logNormalizers);

    /// <summary>The weighted mean loss's gradient dLogits[rows, V]; it may be <paramref name="logits"/>.</summary>
    public static void WeightedGradient<TV>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, Pointer<float> logNormalizers, Pointer<float> classWeights, int rows,
        float labelSmoothing, Pointer<float> dLogits)
        where TV : struct, IDimension => Gradient<TV, Fastest>(team, logits, targets, logNormalizers, classWeights, rows, labelSmoothing, dLogits);

    /// <summary>Writes the constant weights of the classes into their table[V], once.</summary>
    public static unsafe void FillClassWeights(ReadOnlySpan<float> classWeights, Pointer<float> table) =>
        classWeights.CopyTo(new Span<float>(table.Value, classWeights.Length));

    internal static unsafe float Forward<TV, TInstructions>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, Pointer<float> classWeights, int rows, float labelSmoothing,
        Pointer<float> rowLosses, Pointer<float> logNormalizers)
        where TV : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        ForwardKernel<TV> kernel = new(logits.Value, targets.Value, classWeights.Value, labelSmoothing, rows, rowLosses.Value, logNormalizers.Value);
        TInstructions.Run(team, kernel, Columns.RowTiles(rows, TV.Value));

        double sum = 0;
        for (int row = 0; row < rows; row++) sum += rowLosses.Value[row];
        double weight = TargetWeight(targets, classWeights, rows);
        return weight == 0 ? 0f : (float)(sum / weight);
    }

    internal static unsafe void Gradient<TV, TInstructions>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, Pointer<float> logNormalizers, Pointer<float> classWeights, int rows,
        float labelSmoothing, Pointer<float> dLogits)
        where TV : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        double weight = TargetWeight(targets, classWeights, rows);
        double share = weight == 0 ? 0 : 1 / weight;
        double smoothShare = share * labelSmoothing / TV.Value;
        double allWeights = TV.Value;
        if (!classWeights.IsNull)
        {
            allWeights = 0;
            for (int c = 0; c < TV.Value; c++) allWeights += classWeights.Value[c];
        }

        Shares shares = new((float)(share * (1 - (double)labelSmoothing)), (float)smoothShare, (float)(smoothShare * allWeights));
        GradientKernel<TV> kernel = new(logits.Value, targets.Value, logNormalizers.Value, classWeights.Value, shares, rows, dLogits.Value);
        TInstructions.Run(team, kernel, Columns.RowTiles(rows, TV.Value));
    }

    /// <summary>What the mean divides by: how many targets count, or the sum of their classes' weights.</summary>
    private static unsafe double TargetWeight(Pointer<int> targets, Pointer<float> classWeights, int rows)
    {
        if (classWeights.IsNull) return rows - new ReadOnlySpan<int>(targets.Value, rows).Count(Ignored);
        double weight = 0;
        for (int row = 0; row < rows; row++)
        {
            if (targets.Value[row] != Ignored) weight += classWeights.Value[targets.Value[row]];
        }

        return weight;
    }

    /// <summary>
    /// What a row passes back: to its target for each unit of that class's weight, to each class for each unit of its weight (by smoothing), and that
    /// for all classes together.
    /// </summary>
    private readonly record struct Shares(float Target, float Class, float AllClasses);

    private readonly unsafe struct ForwardKernel<TV>(
        float* logits, int* targets, float* classWeights, float labelSmoothing, int rows, float* rowLosses, float* logNormalizers) : ITiledKernel
        where TV : struct, IDimension
    {
        private readonly float* _logits = logits;
        private readonly int* _targets = targets;
        private readonly float* _classWeights = classWeights;
        private readonly float _labelSmoothing = labelSmoothing;
        private readonly int _rows = rows;
        private readonly float* _rowLosses = rowLosses;
        private readonly float* _logNormalizers = logNormalizers;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TV.Value);
            for (int row = start; row < end; row++)
            {
                float* x = _logits + ((nint)row * TV.Value);
                float logNormalizer = LogSumExp.Of<TSimd, V>(x, TV.Value);
                int target = _targets[row];
                _logNormalizers[row] = logNormalizer;
                _rowLosses[row] = target == Ignored ? 0f : RowLoss<TSimd, V>(x, logNormalizer, target);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float RowLoss<TSimd, V>(float* x, float logNormalizer, int target)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            float loss = logNormalizer - x[target];
            if (_classWeights != null) loss *= _classWeights[target];
            if (_labelSmoothing == 0f) return loss;
            float ofAllClasses = Columns.Sum<TSimd, V, Surprise>(new Surprise(x, logNormalizer, _classWeights), TV.Value);
            return ((1f - _labelSmoothing) * loss) + (_labelSmoothing / TV.Value * ofAllClasses);
        }
    }

    private readonly unsafe struct GradientKernel<TV>(
        float* logits, int* targets, float* logNormalizers, float* classWeights, Shares shares, int rows, float* dLogits) : ITiledKernel
        where TV : struct, IDimension
    {
        private readonly float* _logits = logits;
        private readonly int* _targets = targets;
        private readonly float* _logNormalizers = logNormalizers;
        private readonly float* _classWeights = classWeights;
        private readonly Shares _shares = shares;
        private readonly int _rows = rows;
        private readonly float* _dLogits = dLogits;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TV.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TV.Value;
                int target = _targets[row];
                if (target == Ignored)
                {
                    new Span<float>(_dLogits + offset, TV.Value).Clear();
                    continue;
                }

                float share = _classWeights == null ? _shares.Target : _shares.Target * _classWeights[target];
                float* x = _logits + offset;
                float* dx = _dLogits + offset;
                float logNormalizer = _logNormalizers[row];
                if (_shares.Class == 0f)
                {
                    Columns.ForEach<TSimd, V, Probability>(new Probability(x, logNormalizer, share, dx), 0, TV.Value);
                }
                else
                {
                    SmoothedProbability step = new(x, logNormalizer, _classWeights, share + _shares.AllClasses, _shares.Class, dx);
                    Columns.ForEach<TSimd, V, SmoothedProbability>(step, 0, TV.Value);
                }

                dx[target] -= share;
            }
        }
    }

    /// <summary>Σ w · (logZ − x), w being 1 where there are no weights.</summary>
    private readonly unsafe struct Surprise(float* x, float logNormalizer, float* classWeights) : IColumnTerm
    {
        private readonly float* _x = x;
        private readonly float _logNormalizer = logNormalizer;
        private readonly float* _classWeights = classWeights;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V surprise = TLanes.Keep<TSimd, V>(TSimd.Subtract(TSimd.Broadcast(_logNormalizer), TLanes.Load<TSimd, V>(_x + column, lanes)), lanes);
            if (_classWeights == null) return TSimd.Add(sum, surprise);
            return TSimd.MultiplyAdd(TLanes.Load<TSimd, V>(_classWeights + column, lanes), surprise, sum);
        }
    }

    /// <summary>dx = share · e^(x − logZ).</summary>
    private readonly unsafe struct Probability(float* x, float logNormalizer, float share, float* dx) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float _logNormalizer = logNormalizer;
        private readonly float _share = share;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V probability = VectorMath.Exp<TSimd, V>(TSimd.Subtract(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_logNormalizer)));
            TLanes.Store<TSimd, V>(_dx + column, TSimd.Multiply(probability, TSimd.Broadcast(_share)), lanes);
        }
    }

    /// <summary>dx = share · e^(x − logZ) − classShare · w, w being 1 where there are no weights.</summary>
    private readonly unsafe struct SmoothedProbability(float* x, float logNormalizer, float* classWeights, float share, float classShare, float* dx) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float _logNormalizer = logNormalizer;
        private readonly float* _classWeights = classWeights;
        private readonly float _share = share;
        private readonly float _classShare = classShare;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V probability = VectorMath.Exp<TSimd, V>(TSimd.Subtract(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_logNormalizer)));
            V floor = TSimd.Broadcast(_classShare);
            if (_classWeights != null) floor = TSimd.Multiply(floor, TLanes.Load<TSimd, V>(_classWeights + column, lanes));
            TLanes.Store<TSimd, V>(_dx + column, TSimd.Subtract(TSimd.Multiply(probability, TSimd.Broadcast(_share)), floor), lanes);
        }
    }
}
