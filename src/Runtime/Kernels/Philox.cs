using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): ten rounds turn a
// counter of four words and a key of two into four random words. Element i of a tensor takes word i % 4 of block i / 4.
//
//                      word 0         word 1          word 2                 word 3                          key
// dropout              block (low)    step            rank · 2^16 ⊕ micro    site + block (high) · weyl      seed
// initialisation       block (low)    block (high)    hash of the name       "INIT"                          seed
// training windows     batch (low)    batch (high)    row                    "ROWS"                          seed
// shuffle, mask, span  item (low)     item (high)     draw                   "SHUF", "MASK", "SPAN"          seed
// buckets              epoch (low)    epoch (high)    draw                   "BUCK"                          seed
//
// Uniform draws have 24 bits. Normal draws are the inverse of the distribution function (M. J. Wichura, algorithm AS 241,
// PPND7) at 32 bits, in double with nothing but + − · ÷ √, so that they are the same on every machine.

/// <summary>Counter-based random numbers.</summary>
internal static class Philox
{
    internal const uint Multiplier0 = 0xD2511F53;
    internal const uint Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9;
    internal const uint Weyl1 = 0xBB67AE85;
    internal const int Rounds = 10;
    internal const float UniformUnit = 1f / (1 << 24);

    private const uint InitialisationTag = 0x54494E49;

    /// <summary>The four random words of a counter.</summary>
    internal static Vector128<uint> Block(ulong key, Vector128<uint> counter)
    {
        (uint word0, uint word1, uint word2, uint word3) = (counter[0], counter[1], counter[2], counter[3]);
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * word0;
            ulong product1 = (ulong)Multiplier1 * word2;
            word0 = (uint)(product1 >> 32) ^ word1 ^ key0;
            word1 = (uint)product1;
            word2 = (uint)(product0 >> 32) ^ word3 ^ key1;
            word3 = (uint)product0;
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return Vector128.Create(word0, word1, word2, word3);
    }

    /// <summary>The counter of a dropout site's block of four elements.</summary>
    internal static Vector128<uint> Counter(in RandomStream stream, uint site, ulong block) =>
        Vector128.Create((uint)block, stream.Step, (stream.Rank << 16) ^ stream.MicroBatch, site + ((uint)(block >> 32) * Weyl0));

    /// <summary>
    /// Uniform draws in [0, 1) for 2 · Width elements from <paramref name="element"/> on, which is a multiple of that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Uniform<TSimd, V>(in RandomStream stream, uint site, ulong element, out V first, out V second)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        Vector128<uint> counter = Counter(stream, site, element / 4);
        if (typeof(V) == typeof(Vector512<float>)) PhiloxVectors.Uniform<Words512, Vector512<ulong>, V>(stream.Seed, counter, out first, out second);
        else if (typeof(V) == typeof(Vector256<float>)) PhiloxVectors.Uniform<Words256, Vector256<ulong>, V>(stream.Seed, counter, out first, out second);
        else PhiloxVectors.Uniform<Words128, Vector128<ulong>, V>(stream.Seed, counter, out first, out second);
    }

    /// <summary>The uniform draw in [0, 1) that initialises an element of the parameter whose name has this hash.</summary>
    internal static float Uniform(ulong seed, uint hash, ulong element) => (Word(seed, hash, element) >> 8) * UniformUnit;

    /// <summary>The draw from N(0, 1) that initialises an element of the parameter whose name has this hash.</summary>
    internal static float Normal(ulong seed, uint hash, ulong element) => NormalQuantile(Word(seed, hash, element));

    /// <summary>The draws of <see cref="Normal(ulong, uint, ulong)"/> for consecutive elements, four to a block.</summary>
    internal static void Normal(ulong seed, uint hash, ulong firstElement, Span<float> destination)
    {
        Vector128<uint> words = default;
        for (int i = 0; i < destination.Length; i++)
        {
            ulong element = firstElement + (ulong)i;
            int lane = (int)(element % 4);
            if (i == 0 || lane == 0) words = Block(seed, InitialisationCounter(hash, element / 4));
            destination[i] = NormalQuantile(words[lane]);
        }
    }

    /// <summary>The inverse of the normal distribution function at (word + ½) / 2^32.</summary>
    internal static float NormalQuantile(uint word)
    {
        double q = (word + 0.5 - 2147483648.0) / 4294967296.0;
        if (Math.Abs(q) <= 0.425)
        {
            double r = 0.180625 - (q * q);
            return (float)(q * (((((((5.9109374720e1 * r) + 1.5929113202e2) * r) + 5.0434271938e1) * r) + 3.3871327179)
                / ((((((6.7187563600e1 * r) + 7.8757757664e1) * r) + 1.7895169469e1) * r) + 1)));
        }

        double tail = Math.Sqrt(-PortableMath.Log(0.5 - Math.Abs(q)));
        return (float)Math.CopySign(tail <= 5 ? MiddleQuantile(tail - 1.6) : FarQuantile(tail - 5), q);
    }

    private static double MiddleQuantile(double r) =>
        ((((((1.7023821103e-1 * r) + 1.3067284816) * r) + 2.7568153900) * r) + 1.4234372777)
        / ((((1.2021132975e-1 * r) + 7.3700164250e-1) * r) + 1);

    private static double FarQuantile(double r) =>
        ((((((1.7337203997e-2 * r) + 4.2868294337e-1) * r) + 3.0812263860) * r) + 6.6579051150)
        / ((((1.2258202635e-2 * r) + 2.4197894225e-1) * r) + 1);

    private static uint Word(ulong seed, uint hash, ulong element) => Block(seed, InitialisationCounter(hash, element / 4))[(int)(element % 4)];

    private static Vector128<uint> InitialisationCounter(uint hash, ulong block) =>
        Vector128.Create((uint)block, (uint)(block >> 32), hash, InitialisationTag);
}
