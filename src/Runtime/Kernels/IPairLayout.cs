using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

/// <summary>Which two elements of a vector make a pair: the coordinates of a rotation, or a sine and its cosine.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IPairLayout
{
    internal static abstract int First(int pair, int pairs);

    internal static abstract int Second(int pair, int pairs);

    /// <summary>
    /// y = the pairs of x turned by their angles; the sines are multiplied by <paramref name="direction"/> (1 or −1).
    /// <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    internal static abstract unsafe void Rotate<TSimd, V>(float* x, float* cosines, float* sines, float direction, int pairs, float* y)
        where TSimd : struct, ISimd<V>
        where V : struct;
}

/// <summary>Pair i is (i, pairs + i): Llama, GPT-NeoX.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Halves : IPairLayout
{
    static int IPairLayout.First(int pair, int pairs) => pair;

    static int IPairLayout.Second(int pair, int pairs) => pairs + pair;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static unsafe void IPairLayout.Rotate<TSimd, V>(float* x, float* cosines, float* sines, float direction, int pairs, float* y) =>
        Columns.ForEach<TSimd, V, Turn>(new Turn(x, cosines, sines, direction, pairs, y), 0, pairs);

    private readonly unsafe struct Turn(float* x, float* cosines, float* sines, float direction, int pairs, float* y) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float* _cosines = cosines;
        private readonly float* _sines = sines;
        private readonly float _direction = direction;
        private readonly int _pairs = pairs;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V first = TLanes.Load<TSimd, V>(_x + column, lanes);
            V second = TLanes.Load<TSimd, V>(_x + _pairs + column, lanes);
            V cosine = TLanes.Load<TSimd, V>(_cosines + column, lanes);
            V sine = TSimd.Multiply(TLanes.Load<TSimd, V>(_sines + column, lanes), TSimd.Broadcast(_direction));
            TLanes.Store<TSimd, V>(_y + column, TSimd.NegateMultiplyAdd(second, sine, TSimd.Multiply(first, cosine)), lanes);
            TLanes.Store<TSimd, V>(_y + _pairs + column, TSimd.MultiplyAdd(first, sine, TSimd.Multiply(second, cosine)), lanes);
        }
    }
}

/// <summary>Pair i is (2i, 2i + 1): the 2017 paper, GPT-J.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Interleaved : IPairLayout
{
    static int IPairLayout.First(int pair, int pairs) => 2 * pair;

    static int IPairLayout.Second(int pair, int pairs) => (2 * pair) + 1;

    static unsafe void IPairLayout.Rotate<TSimd, V>(float* x, float* cosines, float* sines, float direction, int pairs, float* y)
    {
        for (int pair = 0; pair < pairs; pair++)
        {
            (float first, float second) = (x[2 * pair], x[(2 * pair) + 1]);
            (float cosine, float sine) = (cosines[pair], direction * sines[pair]);
            y[2 * pair] = (first * cosine) - (second * sine);
            y[(2 * pair) + 1] = (second * cosine) + (first * sine);
        }
    }
}
