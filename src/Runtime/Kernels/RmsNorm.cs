using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// r = 1 / √(mean(x²) + ε)        y = x · r · (w + offset)        per row of D
// dx = r · (g − x · r² · mean(g · x)) + addend        g = dy · (w + offset)
// dw = Σ rows  dy · x · r

/// <summary>Root-mean-square normalisation of rows (Zhang and Sennrich 2019), as in Llama; with an offset of 1 on the weight as in Gemma.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RmsNorm
{
    /// <summary>y[rows, D]; <paramref name="y"/> may be <paramref name="x"/>. reciprocalRms[rows] (may be none) is for the gradients.</summary>
    public static void Forward<TD>(
        ComputeTeam team, Pointer<float> x, Pointer<float> weight, float epsilon, float weightOffset, int rows, Pointer<float> y, Pointer<float> reciprocalRms)
        where TD : struct, IDimension => Forward<TD, Fastest>(team, x, weight, epsilon, weightOffset, rows, y, reciprocalRms);

    /// <summary>dx[rows, D]; it may be <paramref name="dy"/>, and <paramref name="addend"/> (or none) may be dx.</summary>
    public static void InputGradient<TD>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> weight, Pointer<float> reciprocalRms, Pointer<float> addend,
        float weightOffset, int rows, Pointer<float> dx)
        where TD : struct, IDimension => InputGradient<TD, Fastest>(team, dy, x, weight, reciprocalRms, addend, weightOffset, rows, dx);

    /// <summary>dWeight[D]; <paramref name="weightAddend"/> (or none) may be dWeight.</summary>
    public static void ParameterGradient<TD>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> reciprocalRms, Pointer<float> weightAddend, int rows, Pointer<float> dWeight)
        where TD : struct, IDimension => ParameterGradient<TD, Fastest>(team, dy, x, reciprocalRms, weightAddend, rows, dWeight);

    internal static unsafe void Forward<TD, TInstructions>(
        ComputeTeam team, Pointer<float> x, Pointer<float> weight, float epsilon, float weightOffset, int rows, Pointer<float> y, Pointer<float> reciprocalRms)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team,
            new ForwardKernel<TD>(x.Value, new(weight.Value, weightOffset), epsilon, rows, y.Value, reciprocalRms.Value),
            Columns.RowTiles(rows, TD.Value));

    internal static unsafe void InputGradient<TD, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> weight, Pointer<float> reciprocalRms, Pointer<float> addend,
        float weightOffset, int rows, Pointer<float> dx)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team,
            new InputGradientKernel<TD>(dy.Value, x.Value, new(weight.Value, weightOffset), reciprocalRms.Value, addend.Value, rows, dx.Value),
            Columns.RowTiles(rows, TD.Value));

    internal static unsafe void ParameterGradient<TD, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> reciprocalRms, Pointer<float> weightAddend, int rows, Pointer<float> dWeight)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        NormParameters.Gradient<TD, TInstructions>(team, dy, x, default, reciprocalRms, weightAddend, default, rows, dWeight, default);

    private readonly unsafe struct ForwardKernel<TD>(float* x, Weight weight, float epsilon, int rows, float* y, float* reciprocalRms) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _x = x;
        private readonly Weight _weight = weight;
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
        float* dy, float* x, Weight weight, float* reciprocalRms, float* addend, int rows, float* dx) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly Weight _weight = weight;
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

    /// <summary>w + offset.</summary>
    private readonly unsafe struct Weight(float* values, float offset)
    {
        private readonly float* _values = values;
        private readonly float _offset = offset;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Load<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes => TSimd.Add(TLanes.Load<TSimd, V>(_values + column, lanes), TSimd.Broadcast(_offset));
    }

    /// <summary>Σ dy · w · x.</summary>
    private readonly unsafe struct WeightedProduct(float* dy, Weight weight, float* x) : IColumnTerm
    {
        private readonly float* _dy = dy;
        private readonly Weight _weight = weight;
        private readonly float* _x = x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V g = TSimd.Multiply(TLanes.Load<TSimd, V>(_dy + column, lanes), _weight.Load<TSimd, V, TLanes>(column, lanes));
            return TSimd.MultiplyAdd(g, TLanes.Load<TSimd, V>(_x + column, lanes), sum);
        }
    }

    /// <summary>y = x · r · w.</summary>
    private readonly unsafe struct Normalise(float* x, Weight weight, float reciprocal, float* y) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly Weight _weight = weight;
        private readonly float _reciprocal = reciprocal;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V normalised = TSimd.Multiply(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_reciprocal));
            TLanes.Store<TSimd, V>(_y + column, TSimd.Multiply(normalised, _weight.Load<TSimd, V, TLanes>(column, lanes)), lanes);
        }
    }

    /// <summary>dx = r · dy · w − pull · x + addend.</summary>
    private readonly unsafe struct Pull(float* dy, float* x, Weight weight, float reciprocal, float pull, float* addend, float* dx) : IColumnStep
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly Weight _weight = weight;
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
            V g = TSimd.Multiply(TLanes.Load<TSimd, V>(_dy + column, lanes), _weight.Load<TSimd, V, TLanes>(column, lanes));
            V dx = TSimd.Multiply(g, TSimd.Broadcast(_reciprocal));
            dx = TSimd.NegateMultiplyAdd(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_pull), dx);
            if (_addend != null) dx = TSimd.Add(dx, TLanes.Load<TSimd, V>(_addend + column, lanes));
            TLanes.Store<TSimd, V>(_dx + column, dx, lanes);
        }
    }
}
