using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// scale       y = x · s                                       per row, s its factor
// normalise   y = x · r        r = 1 / max(‖x‖, ε)
//             dx = r · (dy − x · r² · (x·dy)) + addend        without the middle term where ‖x‖ ≤ ε, which the length does not change

/// <summary>Rows multiplied by factors of their own, and rows brought to length 1.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class RowLengths
{
    /// <summary>y[rows, D] = x[rows, D] · factors[rows]; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Scale<TD>(ComputeTeam team, Pointer<float> x, Pointer<float> factors, int rows, Pointer<float> y)
        where TD : struct, IDimension => Scale<TD, Fastest>(team, x, factors, rows, y);

    /// <summary>y[rows, D]: x's rows divided by their lengths, or by epsilon if that is more; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Normalize<TD>(ComputeTeam team, Pointer<float> x, float epsilon, int rows, Pointer<float> y)
        where TD : struct, IDimension => Normalize<TD, Fastest>(team, x, epsilon, rows, y);

    /// <summary>dx[rows, D]; it may be <paramref name="dy"/>, and <paramref name="addend"/> (or none) may be dx.</summary>
    public static void Gradient<TD>(ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> addend, float epsilon, int rows, Pointer<float> dx)
        where TD : struct, IDimension => Gradient<TD, Fastest>(team, dy, x, addend, epsilon, rows, dx);

    internal static void Scale<TD, TInstructions>(ComputeTeam team, Pointer<float> x, Pointer<float> factors, int rows, Pointer<float> y)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(team, new ScaleKernel<TD>(x.Value, factors.Value, rows, y.Value), Columns.RowTiles(rows, TD.Value));

    internal static void Normalize<TD, TInstructions>(ComputeTeam team, Pointer<float> x, float epsilon, int rows, Pointer<float> y)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(team, new NormalizeKernel<TD>(x.Value, epsilon, rows, y.Value), Columns.RowTiles(rows, TD.Value));

    internal static void Gradient<TD, TInstructions>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> addend, float epsilon, int rows, Pointer<float> dx)
        where TD : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(team, new GradientKernel<TD>(dy.Value, x.Value, addend.Value, epsilon, rows, dx.Value), Columns.RowTiles(rows, TD.Value));

    private readonly struct ScaleKernel<TD>(float* x, float* factors, int rows, float* y) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _x = x;
        private readonly float* _factors = factors;
        private readonly int _rows = rows;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TD.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TD.Value;
                Columns.ForEach<TSimd, V, Multiple>(new(_x + offset, _factors[row], _y + offset), 0, TD.Value);
            }
        }
    }

    private readonly struct NormalizeKernel<TD>(float* x, float epsilon, int rows, float* y) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _x = x;
        private readonly float _epsilon = epsilon;
        private readonly int _rows = rows;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int start, int end) = Columns.RowsOfTile(tile, _rows, TD.Value);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * TD.Value;
                float length = Length<TSimd, V>(_x + offset, TD.Value);
                Columns.ForEach<TSimd, V, Multiple>(new(_x + offset, 1f / MathF.Max(length, _epsilon), _y + offset), 0, TD.Value);
            }
        }
    }

    private readonly struct GradientKernel<TD>(float* dy, float* x, float* addend, float epsilon, int rows, float* dx) : ITiledKernel
        where TD : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly float* _addend = addend;
        private readonly float _epsilon = epsilon;
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
                float length = Length<TSimd, V>(_x + offset, TD.Value);
                float reciprocal = 1f / MathF.Max(length, _epsilon);
                float pull = 0;
                if (length > _epsilon)
                {
                    float along = Columns.Sum<TSimd, V, Product>(new(_x + offset, _dy + offset), TD.Value);
                    pull = along * reciprocal * reciprocal * reciprocal;
                }

                float* addend = _addend == null ? null : _addend + offset;
                Columns.ForEach<TSimd, V, Across>(new(_dy + offset, _x + offset, addend, reciprocal, pull, _dx + offset), 0, TD.Value);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Length<TSimd, V>(float* x, int count)
        where TSimd : struct, ISimd<V>
        where V : struct => MathF.Sqrt(Columns.Sum<TSimd, V, Product>(new(x, x), count));

    /// <summary>y = x · factor.</summary>
    private readonly struct Multiple(float* x, float factor, float* y) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float _factor = factor;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes =>
            TLanes.Store<TSimd, V>(_y + column, TSimd.Multiply(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_factor)), lanes);
    }

    /// <summary>dx = r · dy − pull · x + addend.</summary>
    private readonly struct Across(float* dy, float* x, float* addend, float reciprocal, float pull, float* dx) : IColumnStep
    {
        private readonly float* _dy = dy;
        private readonly float* _x = x;
        private readonly float* _addend = addend;
        private readonly float _reciprocal = reciprocal;
        private readonly float _pull = pull;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V dx = TSimd.Multiply(TLanes.Load<TSimd, V>(_dy + column, lanes), TSimd.Broadcast(_reciprocal));
            dx = TSimd.NegateMultiplyAdd(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_pull), dx);
            if (_addend != null) dx = TSimd.Add(dx, TLanes.Load<TSimd, V>(_addend + column, lanes));
            TLanes.Store<TSimd, V>(_dx + column, dx, lanes);
        }
    }
}
