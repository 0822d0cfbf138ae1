namespace Transformer.Compiled.Kernels.Simd;

/// <summary>
/// The float32 vector operations that kernels are written in, with the instruction set as a type: a kernel
/// <c>Core&lt;TSimd, V&gt;</c> is compiled once for each of <see cref="Avx512"/>, <see cref="Avx2"/> and <see cref="Portable"/>.
/// All three give the same rounding for the same operation (fused multiply-add everywhere).
/// </summary>
internal unsafe interface ISimd<V>
    where V : struct
{
    /// <summary>Whether this machine runs it.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Elements of a vector: 16, 8 or 4; it divides the panel width of 16.</summary>
    static abstract int Width { get; }

    static abstract V Zero { get; }

    /// <summary>0, 1, 2, …</summary>
    static abstract V Lanes { get; }

    static abstract V Broadcast(float value);
    static abstract V Load(float* source);
    static abstract void Store(float* destination, V value);

    /// <summary>The first <paramref name="count"/> elements, zeros behind them; nothing past them is read.</summary>
    static abstract V LoadPartial(float* source, int count);

    /// <summary>Writes the first <paramref name="count"/> elements and nothing past them.</summary>
    static abstract void StorePartial(float* destination, V value, int count);

    static abstract V Add(V left, V right);
    static abstract V Subtract(V left, V right);
    static abstract V Multiply(V left, V right);
    static abstract V Divide(V left, V right);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>c − a · b, rounded once.</summary>
    static abstract V NegateMultiplyAdd(V a, V b, V c);

    /// <summary>IEEE maximum that returns NaN where either operand is NaN.</summary>
    static abstract V Max(V left, V right);

    /// <summary>IEEE minimum that returns NaN where either operand is NaN.</summary>
    static abstract V Min(V left, V right);

    /// <summary>The value or what it is at least, in one instruction; a value that is NaN stays NaN.</summary>
    static abstract V AtLeast(V value, V low);

    /// <summary>The value limited to [low, high], in two instructions; NaN stays NaN.</summary>
    static abstract V Clamp(V value, V low, V high);
    static abstract V Sqrt(V value);
    static abstract V Abs(V value);

    /// <summary>All bits set where left &lt; right; use with <see cref="Select"/>.</summary>
    static abstract V LessThan(V left, V right);

    /// <summary>Bitwise: mask ? whenTrue : whenFalse.</summary>
    static abstract V Select(V mask, V whenTrue, V whenFalse);

    /// <summary>Rounds to the nearest integer, ties to even.</summary>
    static abstract V Round(V value);

    /// <summary>value · 2^exponent for integral exponents in [−252, 254], rounded once (also into the denormal range).</summary>
    static abstract V ScaleByPowerOfTwo(V value, V exponent);

    /// <summary>The sum of the elements, added as a tree.</summary>
    static abstract float Sum(V value);
    static abstract float MaxElement(V value);
}
