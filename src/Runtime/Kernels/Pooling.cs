using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// first   y = x of the first visible row        dx = dy there
// mean    y = Σ visible x / count               dx = dy / count at visible rows
// max     y = max visible x, by columns         dx = dy at the first visible row that has it
// Sequences lie one after the other, n = rows / sequences rows each; the mask (or none) is [sequences, n], 0 where a row is hidden.
// A sequence whose rows are all hidden gives zeros. A tile is a few columns of one sequence, so that no partial results are combined.

/// <summary>One row for each sequence of rows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Pooling
{
    private const int TileColumns = 64;

    /// <summary>y[sequences, D]: each sequence's first visible row.</summary>
    public static void First<TD>(ComputeTeam team, Pointer<float> x, Pointer<int> mask, int sequences, int rows, Pointer<float> y)
        where TD : struct, IDimension => Forward<TD, FirstRow, Fastest>(team, x, mask, sequences, rows, y);

    /// <summary>y[sequences, D]: the mean of each sequence's visible rows.</summary>
    public static void Mean<TD>(ComputeTeam team, Pointer<float> x, Pointer<int> mask, int sequences, int rows, Pointer<float> y)
        where TD : struct, IDimension => Forward<TD, MeanRow, Fastest>(team, x, mask, sequences, rows, y);

    /// <summary>y[sequences, D]: the largest value of each column of each sequence's visible rows.</summary>
    public static void Max<TD>(ComputeTeam team, Pointer<float> x, Pointer<int> mask, int sequences, int rows, Pointer<float> y)
        where TD : struct, IDimension => Forward<TD, MaxRow, Fastest>(team, x, mask, sequences, rows, y);

    /// <summary>dx[rows, D], all of it, from dy[sequences, D].</summary>
    public static void FirstGradient<TD>(ComputeTeam team, Pointer<float> dy, Pointer<int> mask, int sequences, int rows, Pointer<float> dx)
        where TD : struct, IDimension => Gradient<TD, FirstRow, Fastest>(team, dy, mask, default, default, sequences, rows, dx);

    /// <inheritdoc cref="FirstGradient"/>
    public static void MeanGradient<TD>(ComputeTeam team, Pointer<float> dy, Pointer<int> mask, int sequences, int rows, Pointer<float> dx)
        where TD : struct, IDimension => Gradient<TD, MeanRow, Fastest>(team, dy, mask, default, default, sequences, rows, dx);

    /// <inheritdoc cref="FirstGradient"/>
    public static void MaxGradient<TD>(
        ComputeTeam team, Pointer<float> dy, Pointer<int> mask, Pointer<float> x, Pointer<float> y, int sequences, int rows, Pointer<float> dx)
        where TD : struct, IDimension => Gradient<TD, MaxRow, Fastest>(team, dy, mask, x, y, sequences, rows, dx);

    internal static void Forward<TD, TPool, TInstructions>(ComputeTeam team, Pointer<float> x, Pointer<int> mask, int sequences, int rows, Pointer<float> y)
        where TD : struct, IDimension
        where TPool : struct, IPool
        where TInstructions : struct, IInstructions =>
        TaskList.Run<ForwardKernel<TD, TPool>, TInstructions>(
            team, new(x.Value, mask.Value, rows / sequences, y.Value), sequences * ColumnTiles(TD.Value), (long)rows * TD.Value);

    internal static void Gradient<TD, TPool, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<int> mask, Pointer<float> x, Pointer<float> y, int sequences, int rows, Pointer<float> dx)
        where TD : struct, IDimension
        where TPool : struct, IPool
        where TInstructions : struct, IInstructions =>
        TaskList.Run<GradientKernel<TD, TPool>, TInstructions>(
            team, new(dy.Value, mask.Value, x.Value, y.Value, rows / sequences, dx.Value), sequences * ColumnTiles(TD.Value), (long)rows * TD.Value);

    private static int ColumnTiles(int width) => (width + TileColumns - 1) / TileColumns;

    /// <summary>A way of pooling, for one vector of columns of a sequence that has a visible row.</summary>
    internal interface IPool
    {
        static abstract V Forward<TSimd, V, TLanes>(Sequence sequence, float* x, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes;

        static abstract void Gradient<TSimd, V, TLanes>(Sequence sequence, V dy, float* x, V y, float* dx, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes;
    }

    /// <summary>Which rows of a sequence are visible.</summary>
    internal readonly struct Sequence
    {
        private readonly int* _mask;

        public readonly int Length;
        public readonly nint Stride;

        /// <summary>The first visible row.</summary>
        public readonly int First;

        /// <summary>How many rows are visible.</summary>
        public readonly int Visible;

        public Sequence(int* mask, int length, nint stride)
        {
            _mask = mask;
            Length = length;
            Stride = stride;
            Visible = mask == null ? length : length - new ReadOnlySpan<int>(mask, length).Count(0);
            First = mask == null ? 0 : new ReadOnlySpan<int>(mask, length).IndexOfAnyExcept(0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsVisible(int row) => _mask == null || _mask[row] != 0;
    }

    internal readonly struct FirstRow : IPool
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Forward<TSimd, V, TLanes>(Sequence sequence, float* x, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes => TLanes.Load<TSimd, V>(x + (sequence.First * sequence.Stride), lanes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Gradient<TSimd, V, TLanes>(Sequence sequence, V dy, float* x, V y, float* dx, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            for (int row = 0; row < sequence.Length; row++)
                TLanes.Store<TSimd, V>(dx + (row * sequence.Stride), row == sequence.First ? dy : TSimd.Zero, lanes);
        }
    }

    internal readonly struct MeanRow : IPool
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Forward<TSimd, V, TLanes>(Sequence sequence, float* x, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V sum = TSimd.Zero;
            for (int row = sequence.First; row < sequence.Length; row++)
            {
                if (sequence.IsVisible(row)) sum = TSimd.Add(sum, TLanes.Load<TSimd, V>(x + (row * sequence.Stride), lanes));
            }

            return TSimd.Multiply(sum, TSimd.Broadcast(1f / sequence.Visible));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Gradient<TSimd, V, TLanes>(Sequence sequence, V dy, float* x, V y, float* dx, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V share = TSimd.Multiply(dy, TSimd.Broadcast(1f / sequence.Visible));
            for (int row = 0; row < sequence.Length; row++)
                TLanes.Store<TSimd, V>(dx + (row * sequence.Stride), sequence.IsVisible(row) ? share : TSimd.Zero, lanes);
        }
    }

    internal readonly struct MaxRow : IPool
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Forward<TSimd, V, TLanes>(Sequence sequence, float* x, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V largest = TLanes.Load<TSimd, V>(x + (sequence.First * sequence.Stride), lanes);
            for (int row = sequence.First + 1; row < sequence.Length; row++)
            {
                if (sequence.IsVisible(row)) largest = TSimd.Max(largest, TLanes.Load<TSimd, V>(x + (row * sequence.Stride), lanes));
            }

            return largest;
        }

        /// <summary>What is left of dy goes to the first row that is not less than y.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Gradient<TSimd, V, TLanes>(Sequence sequence, V dy, float* x, V y, float* dx, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            for (int row = 0; row < sequence.Length; row++)
            {
                V gradient = TSimd.Zero;
                if (sequence.IsVisible(row))
                {
                    V isLess = TSimd.LessThan(TLanes.Load<TSimd, V>(x + (row * sequence.Stride), lanes), y);
                    gradient = TSimd.Select(isLess, TSimd.Zero, dy);
                    dy = TSimd.Select(isLess, dy, TSimd.Zero);
                }

                TLanes.Store<TSimd, V>(dx + (row * sequence.Stride), gradient, lanes);
            }
        }
    }

    private readonly struct ForwardKernel<TD, TPool>(float* x, int* mask, int length, float* y) : ITiledKernel
        where TD : struct, IDimension
        where TPool : struct, IPool
    {
        private readonly float* _x = x;
        private readonly int* _mask = mask;
        private readonly int _length = length;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int index, int block) = int.DivRem(tile, ColumnTiles(TD.Value));
            Sequence sequence = new(_mask == null ? null : _mask + ((nint)index * _length), _length, TD.Value);
            float* x = _x + ((nint)index * _length * TD.Value);
            float* y = _y + ((nint)index * TD.Value);
            (int start, int end) = (block * TileColumns, Math.Min(TD.Value, (block + 1) * TileColumns));
            if (sequence.Visible == 0) new Span<float>(y + start, end - start).Clear();
            else Columns.ForEach<TSimd, V, Step>(new(sequence, x, y), start, end);
        }

        private readonly struct Step(Sequence sequence, float* x, float* y) : IColumnStep
        {
            private readonly Sequence _sequence = sequence;
            private readonly float* _x = x;
            private readonly float* _y = y;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TSimd, V, TLanes>(int column, int lanes)
                where TSimd : struct, ISimd<V>
                where V : struct
                where TLanes : struct, ILanes =>
                TLanes.Store<TSimd, V>(_y + column, TPool.Forward<TSimd, V, TLanes>(_sequence, _x + column, lanes), lanes);
        }
    }

    private readonly struct GradientKernel<TD, TPool>(float* dy, int* mask, float* x, float* y, int length, float* dx) : ITiledKernel
        where TD : struct, IDimension
        where TPool : struct, IPool
    {
        private readonly float* _dy = dy;
        private readonly int* _mask = mask;
        private readonly float* _x = x;
        private readonly float* _y = y;
        private readonly int _length = length;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int index, int block) = int.DivRem(tile, ColumnTiles(TD.Value));
            Sequence sequence = new(_mask == null ? null : _mask + ((nint)index * _length), _length, TD.Value);
            nint pooled = (nint)index * TD.Value, rows = pooled * _length;
            (int start, int end) = (block * TileColumns, Math.Min(TD.Value, (block + 1) * TileColumns));
            if (sequence.Visible == 0) Clear(_dx + rows, start, end);
            else Columns.ForEach<TSimd, V, Step>(new(sequence, _dy + pooled, At(_x, rows), At(_y, pooled), _dx + rows), start, end);
        }

        private static float* At(float* tensor, nint offset) => tensor == null ? null : tensor + offset;

        private void Clear(float* dx, int start, int end)
        {
            for (int row = 0; row < _length; row++, dx += TD.Value) new Span<float>(dx + start, end - start).Clear();
        }

        private readonly struct Step(Sequence sequence, float* dy, float* x, float* y, float* dx) : IColumnStep
        {
            private readonly Sequence _sequence = sequence;
            private readonly float* _dy = dy;
            private readonly float* _x = x;
            private readonly float* _y = y;
            private readonly float* _dx = dx;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TSimd, V, TLanes>(int column, int lanes)
                where TSimd : struct, ISimd<V>
                where V : struct
                where TLanes : struct, ILanes
            {
                V dy = TLanes.Load<TSimd, V>(_dy + column, lanes);
                V y = _y == null ? TSimd.Zero : TLanes.Load<TSimd, V>(_y + column, lanes);
                TPool.Gradient<TSimd, V, TLanes>(_sequence, dy, _x == null ? null : _x + column, y, _dx + column, lanes);
            }
        }
    }
}
