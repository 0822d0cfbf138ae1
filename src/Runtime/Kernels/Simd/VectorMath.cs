using System.Runtime.CompilerServices;

namespace Transformer.Compiled.Kernels.Simd;

// exp      e^x = 2^n · e^r, n = round(x / ln 2), |r| ≤ ln 2 / 2 by Cody and Waite's two-part ln 2; polynomial and
//          constants of Cephes expf (S. L. Moshier). Below −104 it is 0, above 89 it is infinity, denormals are rounded once.
// 2^x      2^n · 2^r, n = round(x), by Cephes exp2f: for exponentials whose argument a multiplication scales anyway.
// tanh     rational 9/8 minimax on |x| ≤ 8.0177 (Eigen, ptanh_float); beyond, a unit in the last place from ±1.
// erf      odd polynomial for |x| ≤ 475/512, else 1 − exp(polynomial) (N. Juffa, "my_erff", stackoverflow.com/a/35148199).
// Φ        the normal distribution function from the same two pieces, without cancellation in its lower tail.
// ln(1+x)  2 · artanh(s) with s = x / (2 + x) ≤ 1/3, by nine terms of its series.
// NaN gives NaN everywhere; the bounds on the errors are asserted by VectorMathTests.

/// <summary>Elementary functions on vectors, within a few units in the last place.</summary>
internal static class VectorMath
{
    internal const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float SqrtHalf = 0.707106781f;

    /// <summary>Where erf changes from its polynomial to its exponential form.</summary>
    private const float ErfSplit = 0.927734375f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Exp<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        x = TSimd.Clamp(x, TSimd.Broadcast(-104f), TSimd.Broadcast(89f));
        V n = TSimd.Round(TSimd.Multiply(x, TSimd.Broadcast(Log2E)));
        V r = TSimd.NegateMultiplyAdd(n, TSimd.Broadcast(Ln2High), x);
        r = TSimd.NegateMultiplyAdd(n, TSimd.Broadcast(Ln2Low), r);

        V p = TSimd.Broadcast(1.9875691500e-4f);
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1.3981999507e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(8.3334519073e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(4.1665795894e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1.6666665459e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(5.0000001201e-1f));
        p = TSimd.MultiplyAdd(p, TSimd.Multiply(r, r), r);
        return TSimd.ScaleByPowerOfTwo(TSimd.Add(p, TSimd.Broadcast(1f)), n);
    }

    /// <summary>2^x for x below 128, in two thirds of the instructions of <see cref="Exp"/>; 0 below −151.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V PowerOfTwo<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        x = TSimd.AtLeast(x, TSimd.Broadcast(-151f));
        V n = TSimd.Round(x);
        V r = TSimd.Subtract(x, n);

        V p = TSimd.Broadcast(1.535336188e-4f);
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1.339887440e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(9.618437357e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(5.550332471e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(2.402264791e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(6.931472029e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1f));
        return TSimd.ScaleByPowerOfTwo(p, n);
    }

    /// <summary>1 / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Sigmoid<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V one = TSimd.Broadcast(1f);
        return TSimd.Divide(one, TSimd.Add(one, Exp<TSimd, V>(TSimd.Subtract(TSimd.Zero, x))));
    }

    /// <summary>ln(1 + x) for 0 ≤ x ≤ 1, accurate in proportion also where x is tiny.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V LogOnePlus<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V s = TSimd.Divide(x, TSimd.Add(TSimd.Broadcast(2f), x));
        V square = TSimd.Multiply(s, s);
        V p = TSimd.Broadcast(2f / 17);
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2f / 15));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2f / 13));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2f / 11));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2f / 9));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2f / 7));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2f / 5));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2f / 3));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2f));
        return TSimd.Multiply(p, s);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Tanh<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        x = TSimd.Clamp(x, TSimd.Broadcast(-8.01773357391357422f), TSimd.Broadcast(8.01773357391357422f));
        V square = TSimd.Multiply(x, x);

        V numerator = TSimd.Broadcast(1.394553628e-8f);
        numerator = TSimd.MultiplyAdd(numerator, square, TSimd.Broadcast(2.102733560e-5f));
        numerator = TSimd.MultiplyAdd(numerator, square, TSimd.Broadcast(3.520756727e-3f));
        numerator = TSimd.MultiplyAdd(numerator, square, TSimd.Broadcast(1.340216100e-1f));
        numerator = TSimd.Multiply(x, TSimd.MultiplyAdd(numerator, square, TSimd.Broadcast(1f)));

        V denominator = TSimd.Broadcast(8.015776984e-7f);
        denominator = TSimd.MultiplyAdd(denominator, square, TSimd.Broadcast(3.326951409e-4f));
        denominator = TSimd.MultiplyAdd(denominator, square, TSimd.Broadcast(2.597254514e-2f));
        denominator = TSimd.MultiplyAdd(denominator, square, TSimd.Broadcast(4.673548340e-1f));
        denominator = TSimd.MultiplyAdd(denominator, square, TSimd.Broadcast(1f));
        return TSimd.Divide(numerator, denominator);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Erf<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V magnitude = TSimd.Abs(x);
        V outer = TSimd.Subtract(TSimd.Broadcast(1f), ErfcOuter<TSimd, V>(magnitude));
        V signed = TSimd.Select(TSimd.Broadcast(-0f), x, outer);
        return TSimd.Select(TSimd.LessThan(TSimd.Broadcast(ErfSplit), magnitude), signed, ErfInner<TSimd, V>(x));
    }

    /// <summary>Φ(x) = (1 + erf(x / √2)) / 2, accurate in proportion also where it is tiny.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V NormalDistribution<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V half = TSimd.Broadcast(0.5f);
        V scaled = TSimd.Multiply(x, TSimd.Broadcast(SqrtHalf));
        V magnitude = TSimd.Abs(scaled);
        V tail = TSimd.Multiply(half, ErfcOuter<TSimd, V>(magnitude));
        V outer = TSimd.Select(TSimd.LessThan(scaled, TSimd.Zero), tail, TSimd.Subtract(TSimd.Broadcast(1f), tail));
        V inner = TSimd.MultiplyAdd(half, ErfInner<TSimd, V>(scaled), half);
        return TSimd.Select(TSimd.LessThan(TSimd.Broadcast(ErfSplit), magnitude), outer, inner);
    }

    /// <summary>erf(x) for |x| ≤ <see cref="ErfSplit"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfInner<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V square = TSimd.Multiply(x, x);
        V p = TSimd.Broadcast(-5.96761703e-4f);
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(4.99119423e-3f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-2.67681349e-2f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(1.12819925e-1f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-3.76125336e-1f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(1.28379166e-1f));
        return TSimd.MultiplyAdd(p, x, x);
    }

    /// <summary>1 − erf(t) for t &gt; <see cref="ErfSplit"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfcOuter<TSimd, V>(V t)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V square = TSimd.Multiply(t, t);
        V high = TSimd.MultiplyAdd(TSimd.Broadcast(-1.72853470e-5f), t, TSimd.Broadcast(3.83197126e-4f));
        V low = TSimd.MultiplyAdd(TSimd.Broadcast(-3.88396438e-3f), t, TSimd.Broadcast(2.42546219e-2f));
        V p = TSimd.MultiplyAdd(high, square, low);
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(-1.06777877e-1f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(-6.34846687e-1f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(-1.28717512e-1f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Subtract(TSimd.Zero, t));
        return Exp<TSimd, V>(p);
    }
}
