using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

/// <summary>A loss that is a mean over elements: of one prediction and its target, and its derivative by the prediction.</summary>
internal interface IElementLoss
{
    static abstract V Loss<TSimd, V>(V x, V target)
        where TSimd : struct, ISimd<V>
        where V : struct;

    static abstract V Derivative<TSimd, V>(V x, V target)
        where TSimd : struct, ISimd<V>
        where V : struct;
}

/// <summary>
/// loss = Σ loss(x, t) / count, dx = loss′(x, t) / count over the elements whose target t is not NaN; both are 0 for the others, whatever x is there.
/// </summary>
/// <typeparam name="TLoss">The loss of one element.</typeparam>
internal static class ElementLosses<TLoss>
    where TLoss : struct, IElementLoss
{
    /// <summary>The mean over x[rows, columns], 0 without any target. Also each row's sum of losses and number of targets that count, both [rows].</summary>
    internal static unsafe float Forward<TN, TInstructions>(
        ComputeTeam team, Pointer<float> x, Pointer<float> targets, int rows, Pointer<float> rowLosses, Pointer<float> rowCounts)
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        TInstructions.Run(team, new ForwardKernel<TN>(x.Value, targets.Value, rows, rowLosses.Value, rowCounts.Value), Columns.RowTiles(rows, TN.Value));
        double count = Sum(rowCounts, rows);
        return count == 0 ? 0f : (float)(Sum(rowLosses, rows) / count);
    }

    internal static unsafe void Gradient<TN, TInstructions>(
        ComputeTeam team, Pointer<float> x, Pointer<float> targets, Pointer<float> rowCounts, int rows, Pointer<float> dx)
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        float share = (float)(1 / Math.Max(1, Sum(rowCounts, rows)));
        TInstructions.Run(team, new GradientKernel<TN>(x.Value, targets.Value, share, rows, dx.Value), Columns.RowTiles(rows, TN.Value));
    }

    private static unsafe double Sum(Pointer<float> values, int rows)
    {
        double sum = 0;
        for (int row = 0; row < rows; row++) sum += values.Value[row];
        return sum;
    }

    /// <summary>value where the target is a number, 0 where it is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Counted<TSimd, V>(V target, V value)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V finite = TSimd.Min(TSimd.Abs(target), TSimd.Broadcast(float.MaxValue));
        return TSimd.Select(TSimd.LessThan(finite, TSimd.Broadcast(float.PositiveInfinity)), value, TSimd.Zero);
    }

    private readonly unsafe struct ForwardKernel<TN>(float* x, float* targets, int rows, float* rowLosses, float* rowCounts) : ITiledKernel
        where TN : struct, IDimension
    {
        private readonly float* _x = x;
        private readonly float* _targets = targets;
        private readonly int _rows = rows;
        private readonly float* _rowLosses = rowLosses;
        private readonly float* _rowCounts = rowCounts;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TN.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TN.Value;
                _rowLosses[row] = Columns.Sum<TSimd, V, LossTerm>(new LossTerm(_x + offset, _targets + offset), TN.Value);
                _rowCounts[row] = Columns.Sum<TSimd, V, CountTerm>(new CountTerm(_targets + offset), TN.Value);
            }
        }
    }

    private readonly unsafe struct GradientKernel<TN>(float* x, float* targets, float share, int rows, float* dx) : ITiledKernel
        where TN : struct, IDimension
    {
        private readonly float* _x = x;
        private readonly float* _targets = targets;
        private readonly float _share = share;
        private readonly int _rows = rows;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TN.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TN.Value;
                Columns.ForEach<TSimd, V, DerivativeStep>(new DerivativeStep(_x + offset, _targets + offset, _share, _dx + offset), 0, TN.Value);
            }
        }
    }

    private readonly unsafe struct LossTerm(float* x, float* targets) : IColumnTerm
    {
        private readonly float* _x = x;
        private readonly float* _targets = targets;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V target = TLanes.Load<TSimd, V>(_targets + column, lanes);
            V loss = Counted<TSimd, V>(target, TLoss.Loss<TSimd, V>(TLanes.Load<TSimd, V>(_x + column, lanes), target));
            return TSimd.Add(sum, TLanes.Keep<TSimd, V>(loss, lanes));
        }
    }

    private readonly unsafe struct CountTerm(float* targets) : IColumnTerm
    {
        private readonly float* _targets = targets;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V counted = Counted<TSimd, V>(TLanes.Load<TSimd, V>(_targets + column, lanes), TSimd.Broadcast(1f));
            return TSimd.Add(sum, TLanes.Keep<TSimd, V>(counted, lanes));
        }
    }

    private readonly unsafe struct DerivativeStep(float* x, float* targets, float share, float* dx) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float* _targets = targets;
        private readonly float _share = share;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V target = TLanes.Load<TSimd, V>(_targets + column, lanes);
            V derivative = TLoss.Derivative<TSimd, V>(TLanes.Load<TSimd, V>(_x + column, lanes), target);
            TLanes.Store<TSimd, V>(_dx + column, Counted<TSimd, V>(target, TSimd.Multiply(derivative, TSimd.Broadcast(_share))), lanes);
        }
    }
}
