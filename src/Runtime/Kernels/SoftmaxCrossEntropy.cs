using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// logZ = m + ln Σ e^(x − m), m the row's maximum          loss = logZ − x[target]          mean over targets ≠ −100
// dx = (e^(x − logZ) − [column = target]) / count         zero in rows with target −100
// A row is read once: block by block, the running sum is brought to the new maximum when that grows (Milakov and
// Gimelshein 2018), so that only the block needs the first-level cache and not the row.

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
        where TV : struct, IDimension => Forward<TV, Fastest>(team, logits, targets, rows, rowLosses, logNormalizers);

    /// <summary>The mean loss's gradient dLogits[rows, V]; it may be <paramref name="logits"/>.</summary>
    public static void Gradient<TV>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, Pointer<float> logNormalizers, int rows, Pointer<float> dLogits)
        where TV : struct, IDimension => Gradient<TV, Fastest>(team, logits, targets, logNormalizers, rows, dLogits);

    internal static unsafe float Forward<TV, TInstructions>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, int rows, Pointer<float> rowLosses, Pointer<float> logNormalizers)
        where TV : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        ForwardKernel<TV> kernel = new(logits.Value, targets.Value, rows, rowLosses.Value, logNormalizers.Value);
        TInstructions.Run(team, kernel, Columns.RowTiles(rows, TV.Value));

        double sum = 0;
        for (int row = 0; row < rows; row++) sum += rowLosses.Value[row];
        int counted = Counted(targets, rows);
        return counted == 0 ? 0f : (float)(sum / counted);
    }

    internal static unsafe void Gradient<TV, TInstructions>(
        ComputeTeam team, Pointer<float> logits, Pointer<int> targets, Pointer<float> logNormalizers, int rows, Pointer<float> dLogits)
        where TV : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        float share = 1f / Math.Max(1, Counted(targets, rows));
        GradientKernel<TV> kernel = new(logits.Value, targets.Value, logNormalizers.Value, share, rows, dLogits.Value);
        TInstructions.Run(team, kernel, Columns.RowTiles(rows, TV.Value));
    }

    private static unsafe int Counted(Pointer<int> targets, int rows) => rows - new ReadOnlySpan<int>(targets.Value, rows).Count(Ignored);

    private readonly unsafe struct ForwardKernel<TV>(float* logits, int* targets, int rows, float* rowLosses, float* logNormalizers) : ITiledKernel
        where TV : struct, IDimension
    {
        private const int Block = 4096;

        private readonly float* _logits = logits;
        private readonly int* _targets = targets;
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
                float logNormalizer = LogSumExp<TSimd, V>(x);
                int target = _targets[row];
                _logNormalizers[row] = logNormalizer;
                _rowLosses[row] = target == Ignored ? 0f : logNormalizer - x[target];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float LogSumExp<TSimd, V>(float* x)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            float maximum = float.NegativeInfinity;
            float sum = 0f;
            for (int start = 0; start < TV.Value; start += Block)
            {
                int count = Math.Min(Block, TV.Value - start);
                float grown = MathF.Max(maximum, Maximum<TSimd, V>(x + start, count));
                if (float.IsNegativeInfinity(grown)) continue;
                sum = (sum * MathF.Exp(maximum - grown)) + Columns.Sum<TSimd, V, Exponential>(new Exponential(x + start, grown), count);
                maximum = grown;
            }

            return maximum + MathF.Log(sum);
        }
    }

    private readonly unsafe struct GradientKernel<TV>(float* logits, int* targets, float* logNormalizers, float share, int rows, float* dLogits) : ITiledKernel
        where TV : struct, IDimension
    {
        private readonly float* _logits = logits;
        private readonly int* _targets = targets;
        private readonly float* _logNormalizers = logNormalizers;
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
                int target = _targets[row];
                if (target == Ignored)
                {
                    new Span<float>(_dLogits + offset, TV.Value).Clear();
                    continue;
                }

                Columns.ForEach<TSimd, V, Probability>(new Probability(_logits + offset, _logNormalizers[row], _share, _dLogits + offset), 0, TV.Value);
                _dLogits[offset + target] -= _share;
            }
        }
    }

    /// <summary>The largest element, or NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe float Maximum<TSimd, V>(float* x, int count)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        if (count < TSimd.Width)
        {
            float maximum = x[0];
            for (int i = 1; i < count; i++) maximum = MathF.Max(maximum, x[i]);
            return maximum;
        }

        V first = TSimd.Load(x + count - TSimd.Width);
        V second = first;
        int column = 0;
        for (; column <= count - (2 * TSimd.Width); column += 2 * TSimd.Width)
        {
            first = TSimd.Max(first, TSimd.Load(x + column));
            second = TSimd.Max(second, TSimd.Load(x + column + TSimd.Width));
        }

        if (column <= count - TSimd.Width) first = TSimd.Max(first, TSimd.Load(x + column));
        return TSimd.MaxElement(TSimd.Max(first, second));
    }

    /// <summary>Σ e^(x − maximum).</summary>
    private readonly unsafe struct Exponential(float* x, float maximum) : IColumnTerm
    {
        private readonly float* _x = x;
        private readonly float _maximum = maximum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V exponential = VectorMath.Exp<TSimd, V>(TSimd.Subtract(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_maximum)));
            return TSimd.Add(sum, TLanes.Keep<TSimd, V>(exponential, lanes));
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
}
