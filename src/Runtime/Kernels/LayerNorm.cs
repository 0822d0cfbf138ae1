using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// μ = mean(x)        r = 1 / √(mean((x − μ)²) + ε)        x̂ = (x − μ) · r        y = x̂ · w + b        per row of D
// dx = r · (g − mean(g) − x̂ · mean(g · x̂)) + addend        g = dy · w
// dw = Σ rows  dy · x̂        db = Σ rows  dy
// The variance is summed about the mean in a second pass over the row, which the first-level cache holds.

/// <summary>Layer normalisation of rows (Ba, Kiros and Hinton 2016), with the biased variance.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LayerNorm
{
    /// <summary>
    /// y[rows, D]; <paramref name="y"/> may be <paramref name="x"/>. The bias may be none; so may mean[rows] and
    /// reciprocalDeviation[rows], which are for the gradients.
    /// </summary>
    public static void Forward<TD>(
        ComputeTeam team, Pointer<float> x, Pointer<float> weight, Pointer<float> bias, float epsilon, int rows,
        Pointer<float> y, Pointer<float> mean, Pointer<float> reciprocalDeviation)
        where TD : struct, IDimension => Forward<TD, Fastest>(team, x, weight, bias, epsilon, rows, y, mean, reciprocalDeviation);

    /// <summary>dx[rows, D]; it may be <paramref name="dy"/>, and <paramref name="addend"/> (or none) may be dx.</summary>
    public static void InputGradient<TD>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> weight, Pointer<float> mean, Pointer<float> reciprocalDeviation,
        Pointer<float> addend, int rows, Pointer<float> dx)
        where TD : struct, IDimension => InputGradient<TD, Fastest>(team, dy, x, weight, mean, reciprocalDeviation, addend, rows, dx);

    /// <summary>dWeight[D] and dBias[D] (or none); the addends (or none) may be the destinations.</summary>
    public static void ParameterGradient<TD>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> mean, Pointer<float> reciprocalDeviation,
        Pointer<float> weightAddend, Pointer<float> biasAddend, int rows, Pointer<float> dWeight, Pointer<float> dBias)
        where TD : struct, IDimension =>
        NormParameters.Gradient<TD, Fastest>(team, dy, x, mean, reciprocalDeviation, weightAddend, biasAddend, rows, dWeight, dBias);

    internal static unsafe void Forward<TD, TInstructions>(
        ComputeTeam team, Pointer<float> x, Pointer<float> weight, Pointer<float> bias, float epsilon, int rows,
        Pointer<float> y, Pointer<float> mean, Pointer<float> reciprocalDeviation)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team,
            new ForwardKernel<TD>(x.Value, weight.Value, bias.Value, epsilon, rows, y.Value, mean.Value, reciprocalDeviation.Value),
            Columns.RowTiles(rows, TD.Value));

    internal static unsafe void InputGradient<TD, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> weight, Pointer<float> mean, Pointer<float> reciprocalDeviation,
        Pointer<float> addend, int rows, Pointer<float> dx)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team,
            new InputGradientKernel<TD>(dy.Value, x.Value, weight.Value, mean.Value, reciprocalDeviation.Value, addend.Value, rows, dx.Value),
            Columns.RowTiles(rows, TD.Value));

    private readonly unsafe struct ForwardKernel<TD>(
        float* x, float* weight, float* bias, float epsilon, int rows, float* y, float* mean, float* reciprocalDeviation) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _x = x;
        private readonly float* _weight = weight;
        private readonly float* _bias = bias;
        private readonly float _epsilon = epsilon;
        private readonly int _rows = rows;
        private readonly float* _y = y;
        private readonly float* _mean = mean;
        private readonly float* _reciprocalDeviation = reciprocalDeviation;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TD.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TD.Value;
                float mean = Columns.Sum<TSimd, V, Element>(new Element(_x + offset), TD.Value) / TD.Value;
                float squares = Columns.Sum<TSimd, V, SquaredDeviation>(new SquaredDeviation(_x + offset, mean), TD.Value);
                float reciprocal = 1f / MathF.Sqrt((squares / TD.Value) + _epsilon);
                Columns.ForEach<TSimd, V, Normalise>(new Normalise(_x + offset, _weight, _bias, mean, reciprocal, _y + offset), 0, TD.Value);
                if (_mean != null) _mean[row] = mean;
                if (_reciprocalDeviation != null) _reciprocalDeviation[row] = reciprocal;
            }
        }
    }

    private readonly unsafe struct InputGradientKernel<TD>(
        float* dy, float* x, float* weight, float* mean, float* reciprocalDeviation, float* addend, int rows, float* dx) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly float* _weight = weight;
        private readonly float* _mean = mean;
        private readonly float* _reciprocalDeviation = reciprocalDeviation;
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
                Row operands = new(_dy + offset, _x + offset, _weight, _mean[row], _reciprocalDeviation[row]);
                float shift = Columns.Sum<TSimd, V, Slope>(new Slope(operands), TD.Value) / TD.Value;
                float along = Columns.Sum<TSimd, V, SlopeAlong>(new SlopeAlong(operands), TD.Value) / TD.Value;
                Columns.ForEach<TSimd, V, Project>(new Project(operands, shift, along, addend, _dx + offset), 0, TD.Value);
            }
        }
    }

    /// <summary>Σ x.</summary>
    private readonly unsafe struct Element(float* x) : IColumnTerm
    {
        private readonly float* _x = x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes => TSimd.Add(sum, TLanes.Load<TSimd, V>(_x + column, lanes));
    }

    /// <summary>Σ (x − μ)².</summary>
    private readonly unsafe struct SquaredDeviation(float* x, float mean) : IColumnTerm
    {
        private readonly float* _x = x;
        private readonly float _mean = mean;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V deviation = TSimd.Subtract(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_mean));
            deviation = TLanes.Keep<TSimd, V>(deviation, lanes);
            return TSimd.MultiplyAdd(deviation, deviation, sum);
        }
    }

    /// <summary>y = (x − μ) · r · w + b.</summary>
    private readonly unsafe struct Normalise(float* x, float* weight, float* bias, float mean, float reciprocal, float* y) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float* _weight = weight;
        private readonly float* _bias = bias;
        private readonly float _mean = mean;
        private readonly float _reciprocal = reciprocal;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V normalised = TSimd.Multiply(TSimd.Subtract(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_mean)), TSimd.Broadcast(_reciprocal));
            V bias = _bias == null ? TSimd.Zero : TLanes.Load<TSimd, V>(_bias + column, lanes);
            TLanes.Store<TSimd, V>(_y + column, TSimd.MultiplyAdd(normalised, TLanes.Load<TSimd, V>(_weight + column, lanes), bias), lanes);
        }
    }

    /// <summary>The operands of a row's gradient: g = dy · w and x̂.</summary>
    private readonly unsafe struct Row(float* dy, float* x, float* weight, float mean, float reciprocal)
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly float* _weight = weight;
        private readonly float _mean = mean;

        public readonly float Reciprocal = reciprocal;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Slope<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes =>
            TSimd.Multiply(TLanes.Load<TSimd, V>(_dy + column, lanes), TLanes.Load<TSimd, V>(_weight + column, lanes));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Normalised<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes =>
            TSimd.Multiply(TSimd.Subtract(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_mean)), TSimd.Broadcast(Reciprocal));
    }

    /// <summary>Σ g.</summary>
    private readonly struct Slope(Row row) : IColumnTerm
    {
        private readonly Row _row = row;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes => TSimd.Add(sum, _row.Slope<TSimd, V, TLanes>(column, lanes));
    }

    /// <summary>Σ g · x̂.</summary>
    private readonly struct SlopeAlong(Row row) : IColumnTerm
    {
        private readonly Row _row = row;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes =>
            TSimd.MultiplyAdd(_row.Slope<TSimd, V, TLanes>(column, lanes), _row.Normalised<TSimd, V, TLanes>(column, lanes), sum);
    }

    /// <summary>dx = r · (g − shift − x̂ · along) + addend.</summary>
    private readonly unsafe struct Project(Row row, float shift, float along, float* addend, float* dx) : IColumnStep
    {
        private readonly Row _row = row;
        private readonly float _shift = shift;
        private readonly float _along = along;
        private readonly float* _addend = addend;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V slope = TSimd.Subtract(_row.Slope<TSimd, V, TLanes>(column, lanes), TSimd.Broadcast(_shift));
            slope = TSimd.NegateMultiplyAdd(_row.Normalised<TSimd, V, TLanes>(column, lanes), TSimd.Broadcast(_along), slope);
            V addend = _addend == null ? TSimd.Zero : TLanes.Load<TSimd, V>(_addend + column, lanes);
            TLanes.Store<TSimd, V>(_dx + column, TSimd.MultiplyAdd(slope, TSimd.Broadcast(_row.Reciprocal), addend), lanes);
        }
    }
}
