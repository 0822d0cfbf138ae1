using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// (y₁, y₂) = (x₁ cos − x₂ sin, x₂ cos + x₁ sin) for each pair of the first rotaryDim elements of each head, the rest as it is.
// The gradient is the turn back: the same with −sin.

/// <summary>Rotary position embedding (Su et al. 2021) of the heads of each row.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Rotary
{
    /// <summary>
    /// Turns x[rows, heads · headDim] by the angles of each row's position: row positions[r] of the tables
    /// [context, rotaryDim / 2]. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    public static void Forward<THeads, THeadDim, TRotaryDim, TPairs>(
        ComputeTeam team, Pointer<float> x, Pointer<float> cosines, Pointer<float> sines, Pointer<int> positions, int rows, Pointer<float> y)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TRotaryDim : struct, IDimension
        where TPairs : struct, IPairLayout =>
        Turn<THeads, THeadDim, TRotaryDim, TPairs, Fastest>(team, x, cosines, sines, positions, 1f, rows, y);

    /// <summary>Turns dy back; <paramref name="dx"/> may be <paramref name="dy"/>.</summary>
    public static void Gradient<THeads, THeadDim, TRotaryDim, TPairs>(
        ComputeTeam team, Pointer<float> dy, Pointer<float> cosines, Pointer<float> sines, Pointer<int> positions, int rows, Pointer<float> dx)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TRotaryDim : struct, IDimension
        where TPairs : struct, IPairLayout =>
        Turn<THeads, THeadDim, TRotaryDim, TPairs, Fastest>(team, dy, cosines, sines, positions, -1f, rows, dx);

    /// <param name="team">The threads.</param>
    /// <param name="x">[rows, heads · headDim].</param>
    /// <param name="cosines">[context, rotaryDim / 2].</param>
    /// <param name="sines">[context, rotaryDim / 2].</param>
    /// <param name="positions">[rows].</param>
    /// <param name="direction">1 forwards, −1 back.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="y">[rows, heads · headDim].</param>
    internal static unsafe void Turn<THeads, THeadDim, TRotaryDim, TPairs, TInstructions>(
        ComputeTeam team, Pointer<float> x, Pointer<float> cosines, Pointer<float> sines, Pointer<int> positions, float direction, int rows, Pointer<float> y)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TRotaryDim : struct, IDimension
        where TPairs : struct, IPairLayout
        where TInstructions : struct, IInstructions =>
        TInstructions.Run(
            team,
            new Kernel<THeads, THeadDim, TRotaryDim, TPairs>(x.Value, cosines.Value, sines.Value, positions.Value, direction, rows, y.Value),
            Columns.RowTiles(rows, THeads.Value * THeadDim.Value));

    private readonly unsafe struct Kernel<THeads, THeadDim, TRotaryDim, TPairs>(
        float* x, float* cosines, float* sines, int* positions, float direction, int rows, float* y) : ITiledKernel
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TRotaryDim : struct, IDimension
        where TPairs : struct, IPairLayout
    {
        private readonly float* _x = x;
        private readonly float* _cosines = cosines;
        private readonly float* _sines = sines;
        private readonly int* _positions = positions;
        private readonly float _direction = direction;
        private readonly int _rows = rows;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            int pairs = TRotaryDim.Value / 2;
            (int start, int end) = Columns.RowsOfTile(tile, _rows, THeads.Value * THeadDim.Value);
            for (int row = start; row < end; row++)
            {
                nint angles = (nint)_positions[row] * pairs;
                nint offset = (nint)row * THeads.Value * THeadDim.Value;
                for (int head = 0; head < THeads.Value; head++, offset += THeadDim.Value)
                {
                    TPairs.Rotate<TSimd, V>(_x + offset, _cosines + angles, _sines + angles, _direction, pairs, _y + offset);
                    if (_y != _x && TRotaryDim.Value < THeadDim.Value) CopyRest(offset);
                }
            }
        }

        private void CopyRest(nint offset)
        {
            int length = THeadDim.Value - TRotaryDim.Value;
            new ReadOnlySpan<float>(_x + offset + TRotaryDim.Value, length).CopyTo(new Span<float>(_y + offset + TRotaryDim.Value, length));
        }
    }
}
