using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Transformer.Compiled.Kernels.Simd;

/// <summary>Vectors of 64-bit lanes that hold a 32-bit word each, for Philox: one block of four words per lane.</summary>
internal interface IWords<W>
    where W : struct
{
    /// <summary>The block of each lane, so that <see cref="Uniform"/> puts the words of all blocks in order.</summary>
    static abstract W Lanes { get; }
    static abstract W Broadcast(uint word);

    /// <summary>The 64-bit products of the low words.</summary>
    static abstract W Multiply(W left, W right);

    /// <summary>The sums of the low words; carries may enter the high ones.</summary>
    static abstract W Add(W left, W right);
    static abstract W High(W product);
    static abstract W ExclusiveOr(W a, W b, W c);

    /// <summary>The low words of the lanes' four vectors as numbers in [0, 1), block after block.</summary>
    static abstract void Uniform<V>(W word0, W word1, W word2, W word3, out V first, out V second);
}

/// <summary>Philox4x32-10 on as many consecutive blocks as a vector has 64-bit lanes.</summary>
internal static class PhiloxVectors
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Uniform<TWords, W, V>(ulong key, Vector128<uint> counter, out V first, out V second)
        where TWords : struct, IWords<W>
        where W : struct
    {
        W word0 = TWords.Add(TWords.Broadcast(counter[0]), TWords.Lanes);
        W word1 = TWords.Broadcast(counter[1]);
        W word2 = TWords.Broadcast(counter[2]);
        W word3 = TWords.Broadcast(counter[3]);
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Philox.Rounds; round++)
        {
            W product0 = TWords.Multiply(TWords.Broadcast(Philox.Multiplier0), word0);
            W product1 = TWords.Multiply(TWords.Broadcast(Philox.Multiplier1), word2);
            word0 = TWords.ExclusiveOr(TWords.High(product1), word1, TWords.Broadcast(key0));
            word1 = product1;
            word2 = TWords.ExclusiveOr(TWords.High(product0), word3, TWords.Broadcast(key1));
            word3 = product0;
            key0 += Philox.Weyl0;
            key1 += Philox.Weyl1;
        }

        TWords.Uniform(word0, word1, word2, word3, out first, out second);
    }
}

internal readonly struct Words512 : IWords<Vector512<ulong>>
{
    public static Vector512<ulong> Lanes => Vector512.Create(0UL, 4, 1, 5, 2, 6, 3, 7);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Broadcast(uint word) => Vector512.Create((ulong)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Multiply(Vector512<ulong> left, Vector512<ulong> right) => Avx512F.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Add(Vector512<ulong> left, Vector512<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> High(Vector512<ulong> product) => Vector512.ShiftRightLogical(product, 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ExclusiveOr(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Uniform<V>(Vector512<ulong> word0, Vector512<ulong> word1, Vector512<ulong> word2, Vector512<ulong> word3, out V first, out V second)
    {
        Vector512<ulong> pair0 = Pair(word0, word1);
        Vector512<ulong> pair1 = Pair(word2, word3);
        first = Unsafe.BitCast<Vector512<float>, V>(Fraction(Avx512F.UnpackLow(pair0, pair1)));
        second = Unsafe.BitCast<Vector512<float>, V>(Fraction(Avx512F.UnpackHigh(pair0, pair1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Pair(Vector512<ulong> low, Vector512<ulong> high) => (low & Broadcast(uint.MaxValue)) | Vector512.ShiftLeft(high, 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fraction(Vector512<ulong> words) =>
        Vector512.ConvertToSingle(Vector512.ShiftRightLogical(words.AsUInt32(), 8).AsInt32()) * Philox.UniformUnit;
}

internal readonly struct Words256 : IWords<Vector256<ulong>>
{
    public static Vector256<ulong> Lanes => Vector256.Create(0UL, 2, 1, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Broadcast(uint word) => Vector256.Create((ulong)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Multiply(Vector256<ulong> left, Vector256<ulong> right) => System.Runtime.Intrinsics.X86.Avx2.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Add(Vector256<ulong> left, Vector256<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> High(Vector256<ulong> product) => Vector256.ShiftRightLogical(product, 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ExclusiveOr(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Uniform<V>(Vector256<ulong> word0, Vector256<ulong> word1, Vector256<ulong> word2, Vector256<ulong> word3, out V first, out V second)
    {
        Vector256<ulong> pair0 = Pair(word0, word1);
        Vector256<ulong> pair1 = Pair(word2, word3);
        first = Unsafe.BitCast<Vector256<float>, V>(Fraction(System.Runtime.Intrinsics.X86.Avx2.UnpackLow(pair0, pair1)));
        second = Unsafe.BitCast<Vector256<float>, V>(Fraction(System.Runtime.Intrinsics.X86.Avx2.UnpackHigh(pair0, pair1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Pair(Vector256<ulong> low, Vector256<ulong> high) => (low & Broadcast(uint.MaxValue)) | Vector256.ShiftLeft(high, 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Fraction(Vector256<ulong> words) =>
        Vector256.ConvertToSingle(Vector256.ShiftRightLogical(words.AsUInt32(), 8).AsInt32()) * Philox.UniformUnit;
}

internal readonly struct Words128 : IWords<Vector128<ulong>>
{
    public static Vector128<ulong> Lanes => Vector128.Create(0UL, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Broadcast(uint word) => Vector128.Create((ulong)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Multiply(Vector128<ulong> left, Vector128<ulong> right)
    {
        Vector128<ulong> low = Broadcast(uint.MaxValue);
        return (left & low) * (right & low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Add(Vector128<ulong> left, Vector128<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> High(Vector128<ulong> product) => Vector128.ShiftRightLogical(product, 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> ExclusiveOr(Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Uniform<V>(Vector128<ulong> word0, Vector128<ulong> word1, Vector128<ulong> word2, Vector128<ulong> word3, out V first, out V second)
    {
        Vector128<ulong> pair0 = Pair(word0, word1);
        Vector128<ulong> pair1 = Pair(word2, word3);
        first = Unsafe.BitCast<Vector128<float>, V>(Fraction(Vector128.Create(pair0.GetLower(), pair1.GetLower())));
        second = Unsafe.BitCast<Vector128<float>, V>(Fraction(Vector128.Create(pair0.GetUpper(), pair1.GetUpper())));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Pair(Vector128<ulong> low, Vector128<ulong> high) => (low & Broadcast(uint.MaxValue)) | Vector128.ShiftLeft(high, 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fraction(Vector128<ulong> words) =>
        Vector128.ConvertToSingle(Vector128.ShiftRightLogical(words.AsUInt32(), 8).AsInt32()) * Philox.UniformUnit;
}
