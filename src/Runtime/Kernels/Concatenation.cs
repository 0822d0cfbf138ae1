using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y[r] = (a[r], b[r])        (da[r], db[r]) = dy[r]

/// <summary>Rows of two tensors beside each other.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Concatenation
{
    /// <summary>y[rows, A + B] from a[rows, A] and b[rows, B].</summary>
    public static void Forward<TA, TB>(ComputeTeam team, Pointer<float> a, Pointer<float> b, int rows, Pointer<float> y)
        where TA : struct, IDimension
        where TB : struct, IDimension => Forward<TA, TB, Fastest>(team, a, b, rows, y);

    /// <summary>dA[rows, A] and dB[rows, B] from dy[rows, A + B].</summary>
    public static void Gradient<TA, TB>(ComputeTeam team, Pointer<float> dy, int rows, Pointer<float> dA, Pointer<float> dB)
        where TA : struct, IDimension
        where TB : struct, IDimension => Gradient<TA, TB, Fastest>(team, dy, rows, dA, dB);

    internal static void Forward<TA, TB, TInstructions>(ComputeTeam team, Pointer<float> a, Pointer<float> b, int rows, Pointer<float> y)
        where TA : struct, IDimension
        where TB : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(team, new ForwardKernel<TA, TB>(a.Value, b.Value, rows, y.Value), Columns.RowTiles(rows, TA.Value + TB.Value));

    internal static void Gradient<TA, TB, TInstructions>(ComputeTeam team, Pointer<float> dy, int rows, Pointer<float> dA, Pointer<float> dB)
        where TA : struct, IDimension
        where TB : struct, IDimension
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(team, new GradientKernel<TA, TB>(dy.Value, rows, dA.Value, dB.Value), Columns.RowTiles(rows, TA.Value + TB.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, float* destination, int count) => new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(destination, count));

    private readonly struct ForwardKernel<TA, TB>(float* a, float* b, int rows, float* y) : ITiledKernel
        where TA : struct, IDimension
        where TB : struct, IDimension
    {
        private readonly float* _a = a;
        private readonly float* _b = b;
        private readonly int _rows = rows;
        private readonly float* _y = y;

        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            int width = TA.Value + TB.Value;
            (int start, int end) = Columns.RowsOfTile(tile, _rows, width);
            for (int row = start; row < end; row++)
            {
                float* y = _y + ((nint)row * width);
                Copy(_a + ((nint)row * TA.Value), y, TA.Value);
                Copy(_b + ((nint)row * TB.Value), y + TA.Value, TB.Value);
            }
        }
    }

    private readonly struct GradientKernel<TA, TB>(float* dy, int rows, float* dA, float* dB) : ITiledKernel
        where TA : struct, IDimension
        where TB : struct, IDimension
    {
        private readonly float* _dy = dy;
        private readonly int _rows = rows;
        private readonly float* _dA = dA;
        private readonly float* _dB = dB;

        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            int width = TA.Value + TB.Value;
            (int start, int end) = Columns.RowsOfTile(tile, _rows, width);
            for (int row = start; row < end; row++)
            {
                float* dy = _dy + ((nint)row * width);
                Copy(dy, _dA + ((nint)row * TA.Value), TA.Value);
                Copy(dy + TA.Value, _dB + ((nint)row * TB.Value), TB.Value);
            }
        }
    }
}
