using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

// relu       max(x, 0)                         x > 0 ? 1 : 0
// gelu       x · Φ(x)                          Φ(x) + x · φ(x)              Hendrycks and Gimpel 2016, exact form
// gelu tanh  x · σ(2u)                         s + x · s · (1 − s) · 2u'    its tanh form: (1 + tanh u) / 2 = σ(2u)
//            u = √(2/π) · (x + 0.044715 x³)
// silu       x · σ(x)                          s · (1 + x · (1 − s))
// tanh       tanh x                            1 − tanh² x
// The terms that carry x · (something that vanishes) limit x to where that is already zero, so that no infinity meets a zero.

/// <summary>f(x) = x.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Identity : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Apply<TSimd, V>(V x) => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Derivative<TSimd, V>(V x) => TSimd.Broadcast(1f);
}

/// <summary>f(x) = max(x, 0).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Relu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Apply<TSimd, V>(V x) => TSimd.Max(x, TSimd.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Derivative<TSimd, V>(V x) => TSimd.Select(TSimd.LessThan(TSimd.Zero, x), TSimd.Broadcast(1f), TSimd.Max(x, TSimd.Zero));
}

/// <summary>f(x) = x · Φ(x), with the normal distribution function Φ.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Gelu : IActivation
{
    private const float InverseSqrtTwoPi = 0.398942280f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Apply<TSimd, V>(V x) => TSimd.Multiply(x, VectorMath.NormalDistribution<TSimd, V>(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Derivative<TSimd, V>(V x)
    {
        V limited = TSimd.Clamp(x, TSimd.Broadcast(-15f), TSimd.Broadcast(15f));
        V density = VectorMath.Exp<TSimd, V>(TSimd.Multiply(TSimd.Multiply(limited, limited), TSimd.Broadcast(-0.5f)));
        V slope = TSimd.Multiply(limited, TSimd.Broadcast(InverseSqrtTwoPi));
        return TSimd.MultiplyAdd(slope, density, VectorMath.NormalDistribution<TSimd, V>(x));
    }
}

/// <summary>The tanh form of GELU ("gelu_new", "gelu_pytorch_tanh").</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GeluTanh : IActivation
{
    private const float TwoSqrtTwoOverPi = 1.59576912f;
    private const float Cubic = 0.044715f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Apply<TSimd, V>(V x) => TSimd.Multiply(x, Gate<TSimd, V>(x, TSimd.Multiply(x, x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Derivative<TSimd, V>(V x)
    {
        V limited = TSimd.Clamp(x, TSimd.Broadcast(-10f), TSimd.Broadcast(10f));
        V square = TSimd.Multiply(limited, limited);
        V gate = Gate<TSimd, V>(limited, square);
        V inner = TSimd.MultiplyAdd(square, TSimd.Broadcast(3f * Cubic * TwoSqrtTwoOverPi), TSimd.Broadcast(TwoSqrtTwoOverPi));
        V slope = TSimd.Multiply(TSimd.Multiply(limited, inner), TSimd.NegateMultiplyAdd(gate, gate, gate));
        return TSimd.Add(slope, gate);
    }

    /// <summary>σ(2u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Gate<TSimd, V>(V x, V square)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V factor = TSimd.MultiplyAdd(square, TSimd.Broadcast(Cubic * TwoSqrtTwoOverPi), TSimd.Broadcast(TwoSqrtTwoOverPi));
        return VectorMath.Sigmoid<TSimd, V>(TSimd.Multiply(x, factor));
    }
}

/// <summary>f(x) = x · σ(x), also called swish.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Apply<TSimd, V>(V x) => TSimd.Multiply(x, VectorMath.Sigmoid<TSimd, V>(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Derivative<TSimd, V>(V x)
    {
        V limited = TSimd.Clamp(x, TSimd.Broadcast(-100f), TSimd.Broadcast(100f));
        V gate = VectorMath.Sigmoid<TSimd, V>(limited);
        V rest = TSimd.Subtract(TSimd.Broadcast(1f), gate);
        return TSimd.Multiply(gate, TSimd.MultiplyAdd(limited, rest, TSimd.Broadcast(1f)));
    }
}

/// <summary>f(x) = tanh x.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Tanh : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Apply<TSimd, V>(V x) => VectorMath.Tanh<TSimd, V>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IActivation.Derivative<TSimd, V>(V x)
    {
        V value = VectorMath.Tanh<TSimd, V>(x);
        return TSimd.NegateMultiplyAdd(value, value, TSimd.Broadcast(1f));
    }
}
