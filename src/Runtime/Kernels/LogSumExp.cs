using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

// logZ = m + ln Σ e^(x − m), m the row's maximum
// A row is read once: block by block, the running sum is brought to the new maximum when that grows (Milakov and
// Gimelshein 2018), so that only the block needs the first-level cache and not the row.

/// <summary>The logarithm of a softmax's denominator.</summary>
internal static unsafe class LogSumExp
{
    private const int Block = 4096;

    /// <summary>Of the row x[count]; −∞ counts for nothing, NaN gives NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Of<TSimd, V>(float* x, int count)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        float maximum = float.NegativeInfinity;
        float sum = 0f;
        for (int start = 0; start < count; start += Block)
        {
            int length = Math.Min(Block, count - start);
            float grown = MathF.Max(maximum, Maximum<TSimd, V>(x + start, length));
            if (float.IsNegativeInfinity(grown)) continue;
            sum = (sum * MathF.Exp(maximum - grown)) + Columns.Sum<TSimd, V, Exponential>(new Exponential(x + start, grown), length);
            maximum = grown;
        }

        return maximum + MathF.Log(sum);
    }

    /// <summary>The largest element, or NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Maximum<TSimd, V>(float* x, int count)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        if (count < TSimd.Width)
        {
            float maximum = x[0];
            for (int i = 1; i < count; i++) maximum = MathF.Max(maximum, x[i]);
            return maximum;
        }

        V first = TSimd.Load(x + count - TSimd.Width);
        V second = first;
        int column = 0;
        for (; column <= count - (2 * TSimd.Width); column += 2 * TSimd.Width)
        {
            first = TSimd.Max(first, TSimd.Load(x + column));
            second = TSimd.Max(second, TSimd.Load(x + column + TSimd.Width));
        }

        if (column <= count - TSimd.Width) first = TSimd.Max(first, TSimd.Load(x + column));
        return TSimd.MaxElement(TSimd.Max(first, second));
    }

    /// <summary>Σ e^(x − maximum).</summary>
    private readonly struct Exponential(float* x, float maximum) : IColumnTerm
    {
        private readonly float* _x = x;
        private readonly float _maximum = maximum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V AddTo<TSimd, V, TLanes>(V sum, int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V exponential = VectorMath.Exp<TSimd, V>(TSimd.Subtract(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_maximum)));
            return TSimd.Add(sum, TLanes.Keep<TSimd, V>(exponential, lanes));
        }
    }
}
