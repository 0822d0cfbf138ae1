using System.Numerics;

namespace Transformer.Compiled.Ptx;

internal readonly struct Add<T> : IFunction<T, T, T>
    where T : IAdditionOperators<T, T, T>
{
    public static T Invoke(T a, T b) => unchecked(a + b);
}

internal readonly struct Subtract<T> : IFunction<T, T, T>
    where T : ISubtractionOperators<T, T, T>
{
    public static T Invoke(T a, T b) => unchecked(a - b);
}

internal readonly struct Multiply<T> : IFunction<T, T, T>
    where T : IMultiplyOperators<T, T, T>
{
    public static T Invoke(T a, T b) => unchecked(a * b);
}

internal readonly struct MultiplyAdd<T> : IFunction<T, T, T, T>
    where T : INumberBase<T>
{
    public static T Invoke(T a, T b, T c) => unchecked((a * b) + c);
}

/// <summary>The upper half of a product, and a sum.</summary>
internal readonly struct HighAdd<TFunction, T> : IFunction<T, T, T, T>
    where TFunction : IFunction<T, T, T>
    where T : IAdditionOperators<T, T, T>
{
    public static T Invoke(T a, T b, T c) => unchecked(TFunction.Invoke(a, b) + c);
}

/// <summary>A product of twice the width, and a sum.</summary>
internal readonly struct WideAdd<TFunction, T, TWide> : IFunction<T, T, TWide, TWide>
    where TFunction : IFunction<T, T, TWide>
    where TWide : IAdditionOperators<TWide, TWide, TWide>
{
    public static TWide Invoke(T a, T b, TWide c) => unchecked(TFunction.Invoke(a, b) + c);
}

internal readonly struct HighU16 : IFunction<ushort, ushort, ushort>
{
    public static ushort Invoke(ushort a, ushort b) => (ushort)((uint)a * b >> 16);
}

internal readonly struct HighS16 : IFunction<short, short, short>
{
    public static short Invoke(short a, short b) => (short)(a * b >> 16);
}

internal readonly struct HighU32 : IFunction<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => (uint)((ulong)a * b >> 32);
}

internal readonly struct HighS32 : IFunction<int, int, int>
{
    public static int Invoke(int a, int b) => (int)((long)a * b >> 32);
}

internal readonly struct HighU64 : IFunction<ulong, ulong, ulong>
{
    public static ulong Invoke(ulong a, ulong b) => Math.BigMul(a, b, out _);
}

internal readonly struct HighS64 : IFunction<long, long, long>
{
    public static long Invoke(long a, long b) => Math.BigMul(a, b, out _);
}

internal readonly struct WideU16 : IFunction<ushort, ushort, uint>
{
    public static uint Invoke(ushort a, ushort b) => (uint)a * b;
}

internal readonly struct WideS16 : IFunction<short, short, int>
{
    public static int Invoke(short a, short b) => a * b;
}

internal readonly struct WideU32 : IFunction<uint, uint, ulong>
{
    public static ulong Invoke(uint a, uint b) => (ulong)a * b;
}

internal readonly struct WideS32 : IFunction<int, int, long>
{
    public static long Invoke(int a, int b) => (long)a * b;
}

/// <summary>Division towards zero. PTX leaves division by zero to the machine: here all bits are set, as on today's devices.</summary>
internal readonly struct Divide<T> : IFunction<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => b == T.Zero ? ~T.Zero : b == ~T.Zero && T.IsNegative(b) ? unchecked(T.Zero - a) : a / b;
}

/// <summary>The remainder, with the sign of the dividend; by zero it is the dividend.</summary>
internal readonly struct Remainder<T> : IFunction<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => b == T.Zero ? a : b == ~T.Zero && T.IsNegative(b) ? T.Zero : a % b;
}

internal readonly struct Minimum<T> : IFunction<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => a < b ? a : b;
}

internal readonly struct Maximum<T> : IFunction<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => a > b ? a : b;
}

/// <summary>The least number is its own absolute value.</summary>
internal readonly struct Absolute<T> : IFunction<T, T>
    where T : IBinaryInteger<T>
{
    public static T Invoke(T a) => T.IsNegative(a) ? unchecked(T.Zero - a) : a;
}

internal readonly struct Negate<T> : IFunction<T, T>
    where T : IBinaryInteger<T>
{
    public static T Invoke(T a) => unchecked(T.Zero - a);
}

internal readonly struct SaturatedAdd : IFunction<int, int, int>
{
    public static int Invoke(int a, int b) => (int)long.Clamp((long)a + b, int.MinValue, int.MaxValue);
}

internal readonly struct SaturatedSubtract : IFunction<int, int, int>
{
    public static int Invoke(int a, int b) => (int)long.Clamp((long)a - b, int.MinValue, int.MaxValue);
}
