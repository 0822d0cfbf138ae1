using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// dw = Σ rows  dy · (x − μ) · r        db = Σ rows  dy
// A tile is a few columns of all rows, so that sums stay in registers and no partial sums are combined.

/// <summary>The gradients of a normalisation's weight and bias.</summary>
internal static class NormParameters
{
    private const int TileColumns = 32;

    /// <summary>The mean may be none (μ = 0), and so may dBias.</summary>
    internal static unsafe void Gradient<TD, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> mean, Pointer<float> reciprocal,
        Pointer<float> weightAddend, Pointer<float> biasAddend, int rows, Pointer<float> dWeight, Pointer<float> dBias)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        int tiles = (TD.Value + TileColumns - 1) / TileColumns;
        TInstructions.Run(team, new WeightKernel<TD>(dy.Value, x.Value, mean.Value, reciprocal.Value, weightAddend.Value, rows, dWeight.Value), tiles);
        if (!dBias.IsNull) TInstructions.Run(team, new BiasKernel<TD>(dy.Value, biasAddend.Value, rows, dBias.Value), tiles);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForEachOfTile<TD, TSimd, V, TStep>(TStep step, int tile)
        where TD : struct, IDimension
        where TSimd : struct, ISimd<V>
        where V : struct
        where TStep : struct, IColumnStep =>
        Columns.ForEach<TSimd, V, TStep>(step, tile * TileColumns, Math.Min(TD.Value, (tile + 1) * TileColumns));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store<TSimd, V, TLanes>(V sum, float* addend, float* destination, int column, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes
    {
        if (addend != null) sum = TSimd.Add(sum, TLanes.Load<TSimd, V>(addend + column, lanes));
        TLanes.Store<TSimd, V>(destination + column, sum, lanes);
    }

    private readonly unsafe struct WeightKernel<TD>(
        float* dy, float* x, float* mean, float* reciprocal, float* addend, int rows, float* dWeight) : ITiledKernel, IColumnStep
        where TD : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly float* _mean = mean;
        private readonly float* _reciprocal = reciprocal;
        private readonly float* _addend = addend;
        private readonly int _rows = rows;
        private readonly float* _dWeight = dWeight;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct => ForEachOfTile<TD, TSimd, V, WeightKernel<TD>>(this, tile);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V sum = TSimd.Zero;
            for (int row = 0; row < _rows; row++)
            {
                nint offset = ((nint)row * TD.Value) + column;
                V deviation = TLanes.Load<TSimd, V>(_x + offset, lanes);
                if (_mean != null) deviation = TSimd.Subtract(deviation, TSimd.Broadcast(_mean[row]));
                V normalised = TSimd.Multiply(deviation, TSimd.Broadcast(_reciprocal[row]));
                sum = TSimd.MultiplyAdd(TLanes.Load<TSimd, V>(_dy + offset, lanes), normalised, sum);
            }

            Store<TSimd, V, TLanes>(sum, _addend, _dWeight, column, lanes);
        }
    }

    private readonly unsafe struct BiasKernel<TD>(float* dy, float* addend, int rows, float* dBias) : ITiledKernel, IColumnStep
        where TD : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly float* _addend = addend;
        private readonly int _rows = rows;
        private readonly float* _dBias = dBias;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct => ForEachOfTile<TD, TSimd, V, BiasKernel<TD>>(this, tile);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V sum = TSimd.Zero;
            for (int row = 0; row < _rows; row++)
                sum = TSimd.Add(sum, TLanes.Load<TSimd, V>(_dy + ((nint)row * TD.Value) + column, lanes));
            Store<TSimd, V, TLanes>(sum, _addend, _dBias, column, lanes);
        }
    }
}
