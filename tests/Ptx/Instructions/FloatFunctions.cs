using System.Numerics;

namespace Transformer.Compiled.Ptx;

/// <summary><c>.ftz</c>: subnormal numbers, as arguments and as results, are zeros of the same sign.</summary>
internal static class Subnormals
{
    public static float Flush(float value) => float.IsSubnormal(value) ? MathF.CopySign(0f, value) : value;

    /// <summary>The NaN that PTX calls canonical.</summary>
    public static float CanonicalNaN => BitConverter.UInt32BitsToSingle(0x7FFFFFFF);
}

internal readonly struct Flushed1<TFunction> : IFunction<float, float>
    where TFunction : IFunction<float, float>
{
    public static float Invoke(float a) => Subnormals.Flush(TFunction.Invoke(Subnormals.Flush(a)));
}

internal readonly struct Flushed2<TFunction> : IFunction<float, float, float>
    where TFunction : IFunction<float, float, float>
{
    public static float Invoke(float a, float b) => Subnormals.Flush(TFunction.Invoke(Subnormals.Flush(a), Subnormals.Flush(b)));
}

internal readonly struct Flushed3<TFunction> : IFunction<float, float, float, float>
    where TFunction : IFunction<float, float, float, float>
{
    public static float Invoke(float a, float b, float c) => Subnormals.Flush(TFunction.Invoke(Subnormals.Flush(a), Subnormals.Flush(b), Subnormals.Flush(c)));
}

/// <summary><c>.sat</c>: results are held within [0, 1], and NaN becomes 0.</summary>
internal readonly struct Saturated2<TFunction> : IFunction<float, float, float>
    where TFunction : IFunction<float, float, float>
{
    public static float Invoke(float a, float b) => Saturation.Unit(TFunction.Invoke(a, b));
}

internal readonly struct Saturated3<TFunction> : IFunction<float, float, float, float>
    where TFunction : IFunction<float, float, float, float>
{
    public static float Invoke(float a, float b, float c) => Saturation.Unit(TFunction.Invoke(a, b, c));
}

internal static class Saturation
{
    public static float Unit(float value) => value > 0 ? Math.Min(value, 1f) : 0f;
}

internal readonly struct FusedMultiplyAdd32 : IFunction<float, float, float, float>
{
    public static float Invoke(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
}

internal readonly struct FusedMultiplyAdd64 : IFunction<double, double, double, double>
{
    public static double Invoke(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);
}

internal readonly struct Quotient<T> : IFunction<T, T, T>
    where T : IFloatingPoint<T>
{
    public static T Invoke(T a, T b) => a / b;
}

internal readonly struct AbsoluteFloat<T> : IFunction<T, T>
    where T : IFloatingPoint<T>
{
    public static T Invoke(T a) => T.Abs(a);
}

internal readonly struct NegateFloat<T> : IFunction<T, T>
    where T : IFloatingPoint<T>
{
    public static T Invoke(T a) => -a;
}

internal readonly struct SquareRoot<T> : IFunction<T, T>
    where T : IRootFunctions<T>
{
    public static T Invoke(T a) => T.Sqrt(a);
}

internal readonly struct Reciprocal<T> : IFunction<T, T>
    where T : IFloatingPoint<T>
{
    public static T Invoke(T a) => T.One / a;
}

/// <summary><c>copysign</c>: the sign of a, the magnitude of b.</summary>
internal readonly struct CopySign<T> : IFunction<T, T, T>
    where T : IFloatingPoint<T>
{
    public static T Invoke(T a, T b) => T.CopySign(b, a);
}

/// <summary>The other one of a NaN, the canonical NaN of two; -0 is less than +0.</summary>
internal readonly struct MinimumNumber : IFunction<float, float, float>
{
    public static float Invoke(float a, float b) => float.IsNaN(a) && float.IsNaN(b) ? Subnormals.CanonicalNaN : float.MinNumber(a, b);
}

internal readonly struct MaximumNumber : IFunction<float, float, float>
{
    public static float Invoke(float a, float b) => float.IsNaN(a) && float.IsNaN(b) ? Subnormals.CanonicalNaN : float.MaxNumber(a, b);
}

/// <summary><c>.NaN</c>: the canonical NaN if there is one.</summary>
internal readonly struct MinimumNaN : IFunction<float, float, float>
{
    public static float Invoke(float a, float b) => float.IsNaN(a) || float.IsNaN(b) ? Subnormals.CanonicalNaN : float.Min(a, b);
}

internal readonly struct MaximumNaN : IFunction<float, float, float>
{
    public static float Invoke(float a, float b) => float.IsNaN(a) || float.IsNaN(b) ? Subnormals.CanonicalNaN : float.Max(a, b);
}

internal readonly struct MinimumNumber64 : IFunction<double, double, double>
{
    public static double Invoke(double a, double b) => double.MinNumber(a, b);
}

internal readonly struct MaximumNumber64 : IFunction<double, double, double>
{
    public static double Invoke(double a, double b) => double.MaxNumber(a, b);
}
