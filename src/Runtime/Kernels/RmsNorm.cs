using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// r = 1 / √(mean(x²) + ε)        y = x · r · w        per row of D
// dx = r · (g − x · r² · mean(g · x)) + addend        g = dy · w
// dw = Σ rows  dy · x · r

/// <summary>Root-mean-square normalisation of rows (Zhang and Sennrich 2019), as in Llama.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RmsNorm
{
    /// <summary>y[rows, D]; <paramref name="y"/> may be <paramref name="x"/>. reciprocalRms[rows] (may be none) is for the gradients.</summary>
    public static void Forward<TD>(ComputeTeam team, Pointer<float> x, Pointer<float> weight, float epsilon, int rows, Pointer<float> y, Pointer<float> reciprocalRms)
        where TD : struct, IDimension => Forward<TD, Fastest>(team, x, weight, epsilon, rows, y, reciprocalRms);

    /// <summary>dx[rows, D]; it may be <paramref name="dy"/>, and <paramref name="addend"/> (or none) may be dx.</summary>
    public static void InputGradient<TD>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> weight, Pointer<float> reciprocalRms, Pointer<float> addend, int rows, Pointer<float> dx)
        where TD : struct, IDimension => InputGradient<TD, Fastest>(team, dy, x, weight, reciprocalRms, addend, rows, dx);

    /// <summary>dWeight[D]; <paramref name="weightAddend"/> (or none) may be dWeight.</summary>
    public static void ParameterGradient<TD>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> reciprocalRms, Pointer<float> weightAddend, int rows, Pointer<float> dWeight)
        where TD : struct, IDimension => ParameterGradient<TD, Fastest>(team, dy, x, reciprocalRms, weightAddend, rows, dWeight);

    internal static unsafe void Forward<TD, TInstructions>(
        ComputeTeam team, Pointer<float> x, Pointer<float> weight, float epsilon, int rows, Pointer<float> y, Pointer<float> reciprocalRms)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team, new ForwardKernel<TD>(x.Value, weight.Value, epsilon, rows, y.Value, reciprocalRms.Value), Columns.RowTiles(rows, TD.Value));

    internal static unsafe void InputGradient<TD, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> weight, Pointer<float> reciprocalRms, Pointer<float> addend, int rows, Pointer<float> dx)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team,
            new InputGradientKernel<TD>(dy.Value, x.Value, weight.Value, reciprocalRms.Value, addend.Value, rows, dx.Value),
            Columns.RowTiles(rows, TD.Value));

    internal static unsafe void ParameterGradient<TD, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> reciprocalRms, Pointer<float> weightAddend, int rows, Pointer<float> dWeight)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        NormParameters.Gradient<TD, TInstructions>(team, dy, x, default, reciprocalRms, weightAddend, default, rows, dWeight, default);

    private readonly unsafe struct ForwardKernel<TD>(float* x, float* weight, float epsilon, int rows, float* y, float* reciprocalRms) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _x = x;
        private readonly float* _weight = weight;
        private readonly float _epsilon = epsilon;
        private readonly int _rows = rows;
        private readonly float* _y = y;
        private readonly float* _reciprocalRms = reciprocalRms;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TD.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TD.Value;
                float squares = Columns.Sum<TSimd, V, Product>(new Product(_x + offset, _x + offset), TD.Value);
                float reciprocal = 1f / MathF.Sqrt((squares / TD.Value) + _epsilon);
                Columns.ForEach<TSimd, V, Normalise>(new Normalise(_x + offset, _weight, reciprocal, _y + offset), 0, TD.Value);
                if (_reciprocalRms != null) _reciprocalRms[row] = reciprocal;
            }
        }
    }

    private readonly unsafe struct InputGradientKernel<TD>(
        float* dy, float* x, float* weight, float* reciprocalRms, float* addend, int rows, float* dx) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly float* _weight = weight;
        private readonly float* _reciprocalRms = reciprocalRms;
        private readonly float* _addend = addend;
        private readonly int _rows = rows;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TD.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TD.Value;
                float* addend = _addend == null ? null : _addend + offset;
                float reciprocal = _reciprocalRms[row];
                float along = Columns.Sum<TSimd, V, WeightedProduct>(new WeightedProduct(_dy + offset, _weight, _x + offset), TD.Value);
                float pull = reciprocal * reciprocal * reciprocal * along / TD.Value;
                Columns.ForEach<TSimd, V, Pull>(new Pull(_dy + offset, _x + offset, _weight, reciprocal, pull, addend, _dx + offset), 0, TD.Value);
            }
        }
    }

    /// <summary>Σ dy · w · x.</summary>
    private readonly unsafe struct WeightedProduct(float* dy, float* weight, float* x) : IColumnTerm
    {
        private readonly float* _dy = dy;
        private readonly float* _weight = weight;
        private readonly float* _x = x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V g = TSimd.Multiply(TLanes.Load<TSimd, V>(_dy + column, lanes), TLanes.Load<TSimd, V>(_weight + column, lanes));
            return TSimd.MultiplyAdd(g, TLanes.Load<TSimd, V>(_x + column, lanes), sum);
        }
    }

    /// <summary>y = x · r · w.</summary>
    private readonly unsafe struct Normalise(float* x, float* weight, float reciprocal, float* y) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float* _weight = weight;
        private readonly float _reciprocal = reciprocal;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V normalised = TSimd.Multiply(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_reciprocal));
            TLanes.Store<TSimd, V>(_y + column, TSimd.Multiply(normalised, TLanes.Load<TSimd, V>(_weight + column, lanes)), lanes);
        }
    }

    /// <summary>dx = r · dy · w − pull · x + addend.</summary>
    private readonly unsafe struct Pull(float* dy, float* x, float* weight, float reciprocal, float pull, float* addend, float* dx) : IColumnStep
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly float* _weight = weight;
        private readonly float _reciprocal = reciprocal;
        private readonly float _pull = pull;
        private readonly float* _addend = addend;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V g = TSimd.Multiply(TLanes.Load<TSimd, V>(_dy + column, lanes), TLanes.Load<TSimd, V>(_weight + column, lanes));
            V dx = TSimd.Multiply(g, TSimd.Broadcast(_reciprocal));
            dx = TSimd.NegateMultiplyAdd(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_pull), dx);
            if (_addend != null) dx = TSimd.Add(dx, TLanes.Load<TSimd, V>(_addend + column, lanes));
            TLanes.Store<TSimd, V>(_dx + column, dx, lanes);
        }
    }
}
