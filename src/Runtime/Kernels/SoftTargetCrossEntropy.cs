using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// row loss = Σ_c t[c] · (logZ − x[c])          loss = Σ row losses / rows whose targets have no NaN
// dx       = (Σ t · e^(x − logZ) − t) / rows counted          zero in rows that are not counted

/// <summary>Softmax and cross-entropy against a distribution over the classes instead of one class.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SoftTargetCrossEntropy
{
    /// <summary>
    /// The mean loss over the rows of logits[rows, V], in nats; a row with a NaN among its targets[rows, V] is ignored, and without other rows the mean
    /// is 0. A target of 0 counts for nothing, also where its logit is −∞. Also each row's loss (0 where ignored), log normalizer and sum of
    /// targets (NaN where ignored), all [rows]. Targets are used as they are: a distribution's sum to 1.
    /// </summary>
    public static float Forward<TV>(
        ComputeTeam team, Pointer<float> logits, Pointer<float> targets, int rows, Pointer<float> rowLosses, Pointer<float> logNormalizers,
        Pointer<float> targetSums)
        where TV : struct, IDimension => Forward<TV, Fastest>(team, logits, targets, rows, rowLosses, logNormalizers, targetSums);

    /// <summary>The mean loss's gradient dLogits[rows, V]; it may be <paramref name="logits"/>.</summary>
    public static void Gradient<TV>(
        ComputeTeam team, Pointer<float> logits, Pointer<float> targets, Pointer<float> logNormalizers, Pointer<float> targetSums, int rows,
        Pointer<float> dLogits)
        where TV : struct, IDimension => Gradient<TV, Fastest>(team, logits, targets, logNormalizers, targetSums, rows, dLogits);

    internal static unsafe float Forward<TV, TInstructions>(
        ComputeTeam team, Pointer<float> logits, Pointer<float> targets, int rows, Pointer<float> rowLosses, Pointer<float> logNormalizers,
        Pointer<float> targetSums)
        where TV : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        ForwardKernel<TV> kernel = new(logits.Value, targets.Value, rows, rowLosses.Value, logNormalizers.Value, targetSums.Value);
        TInstructions.Run(team, kernel, Columns.RowTiles(rows, TV.Value));

        double sum = 0;
        for (int row = 0; row < rows; row++) sum += rowLosses.Value[row];
        int counted = Counted(targetSums, rows);
        return counted == 0 ? 0f : (float)(sum / counted);
    }

    internal static unsafe void Gradient<TV, TInstructions>(
        ComputeTeam team, Pointer<float> logits, Pointer<float> targets, Pointer<float> logNormalizers, Pointer<float> targetSums, int rows,
        Pointer<float> dLogits)
        where TV : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        float share = 1f / Math.Max(1, Counted(targetSums, rows));
        GradientKernel<TV> kernel = new(logits.Value, targets.Value, logNormalizers.Value, targetSums.Value, share, rows, dLogits.Value);
        TInstructions.Run(team, kernel, Columns.RowTiles(rows, TV.Value));
    }

    private static unsafe int Counted(Pointer<float> targetSums, int rows)
    {
        int counted = 0;
        for (int row = 0; row < rows; row++) counted += float.IsNaN(targetSums.Value[row]) ? 0 : 1;
        return counted;
    }

    private readonly unsafe struct ForwardKernel<TV>(
        float* logits, float* targets, int rows, float* rowLosses, float* logNormalizers, float* targetSums) : ITiledKernel
        where TV : struct, IDimension
    {
        private readonly float* _logits = logits;
        private readonly float* _targets = targets;
        private readonly int _rows = rows;
        private readonly float* _rowLosses = rowLosses;
        private readonly float* _logNormalizers = logNormalizers;
        private readonly float* _targetSums = targetSums;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TV.Value);
            for (int row = start; row < end; row++)
            {
                float* x = _logits + ((nint)row * TV.Value);
                float* t = _targets + ((nint)row * TV.Value);
                float logNormalizer = LogSumExp.Of<TSimd, V>(x, TV.Value);
                float sum = Columns.Sum<TSimd, V, Total>(new Total(t), TV.Value);
                _logNormalizers[row] = logNormalizer;
                _targetSums[row] = sum;
                _rowLosses[row] = float.IsNaN(sum) ? 0f : Columns.Sum<TSimd, V, Surprise>(new Surprise(x, t, logNormalizer), TV.Value);
            }
        }
    }

    private readonly unsafe struct GradientKernel<TV>(
        float* logits, float* targets, float* logNormalizers, float* targetSums, float share, int rows, float* dLogits) : ITiledKernel
        where TV : struct, IDimension
    {
        private readonly float* _logits = logits;
        private readonly float* _targets = targets;
        private readonly float* _logNormalizers = logNormalizers;
        private readonly float* _targetSums = targetSums;
        private readonly float _share = share;
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
                float sum = _targetSums[row];
                if (float.IsNaN(sum))
                {
                    new Span<float>(_dLogits + offset, TV.Value).Clear();
                    continue;
                }

                Difference step = new(_logits + offset, _targets + offset, _logNormalizers[row], sum, _share, _dLogits + offset);
                Columns.ForEach<TSimd, V, Difference>(step, 0, TV.Value);
            }
        }
    }

    /// <summary>Σ t.</summary>
    private readonly unsafe struct Total(float* t) : IColumnTerm
    {
        private readonly float* _t = t;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes => TSimd.Add(sum, TLanes.Load<TSimd, V>(_t + column, lanes));
    }

    /// <summary>Σ t · (logZ − x) over the classes with t ≠ 0.</summary>
    private readonly unsafe struct Surprise(float* x, float* t, float logNormalizer) : IColumnTerm
    {
        private readonly float* _x = x;
        private readonly float* _t = t;
        private readonly float _logNormalizer = logNormalizer;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V target = TLanes.Load<TSimd, V>(_t + column, lanes);
            V surprise = TSimd.Subtract(TSimd.Broadcast(_logNormalizer), TLanes.Load<TSimd, V>(_x + column, lanes));
            V counted = TSimd.Select(TSimd.LessThan(TSimd.Zero, TSimd.Abs(target)), surprise, TSimd.Zero);
            return TSimd.MultiplyAdd(target, counted, sum);
        }
    }

    /// <summary>dx = share · (Σ t · e^(x − logZ) − t).</summary>
    private readonly unsafe struct Difference(float* x, float* t, float logNormalizer, float sum, float share, float* dx) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float* _t = t;
        private readonly float _logNormalizer = logNormalizer;
        private readonly float _sum = sum;
        private readonly float _share = share;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V probability = VectorMath.Exp<TSimd, V>(TSimd.Subtract(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_logNormalizer)));
            V difference = TSimd.Subtract(TSimd.Multiply(TSimd.Broadcast(_sum), probability), TLanes.Load<TSimd, V>(_t + column, lanes));
            TLanes.Store<TSimd, V>(_dx + column, TSimd.Multiply(difference, TSimd.Broadcast(_share)), lanes);
        }
    }
}
