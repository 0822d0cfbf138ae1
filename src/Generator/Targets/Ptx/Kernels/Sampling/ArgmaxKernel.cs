namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// tokens[r] = the first of the greatest of logits[r, vocabulary], as the run-time's greedy sampler; −1 where it is not finite: a logit is NaN or
/// infinite, or all are −∞. A block for each row. Zeros are ordered: +0 is greater than −0.
/// </summary>
/// <remarks>Logits are compared as words: the bits of floats in an order that is theirs, NaN above all.</remarks>
internal static class ArgmaxKernel
{
    private const int WarpSize = 32;
    private const int LongRow = 4096;
    private const uint SignBit = 0x80000000;
    private const uint AllBits = 0xFFFFFFFF;
    private const uint LeastFiniteKey = 0x00800000;
    private const uint InfinityKey = 0xFF800000;

    public static PtxKernel Of(Extent rows, int vocabulary)
    {
        int threads = vocabulary >= LongRow ? 1024 : 128, width = vocabulary % 4 == 0 ? 4 : 1;
        var k = new PtxBuilder(
            $"Argmax_{rows}x{vocabulary}{rows.Suffix}", $"tokens[{rows}] = the first of the greatest of logits[{rows},{vocabulary}]",
            new LaunchSize(rows.Most), new LaunchSize(threads));
        GlobalAddress logits = k.Buffer("logits"), tokens = k.Buffer("tokens");
        if (rows.IsBounded) k.ExitIf(k.AtLeast(k.BlockX, rows.Count(k)));
        GlobalAddress row = k.Element(logits, k.Multiply(k.BlockX, vocabulary));

        // Keys are above 0, so that a thread without a column never wins.
        U32 key = k.Variable((U32)0), token = k.Variable((U32)0);
        k.For(k.Multiply(k.Thread, width), vocabulary, threads * width, column =>
        {
            F32[] values = k.Load(k.Element(row, column), width);
            for (int lane = 0; lane < width; lane++)
            {
                U32 own = Key(k, values[lane]);
                Predicate isGreater = k.Less(key, own);
                k.Assign(token, k.Select(isGreater, k.Add(column, lane), token));
                k.Assign(key, k.Max(key, own));
            }
        });
        for (int mask = WarpSize / 2; mask > 0; mask /= 2) Combine(k, key, token, Exchange(k, key, mask), Exchange(k, token, mask));

        int warps = threads / WarpSize;
        SharedAddress keys = k.Shared("keys", warps), winners = k.Shared("winners", warps);
        k.If(k.AreEqual(k.And(k.Thread, WarpSize - 1), 0), () =>
        {
            U32 warp = k.ShiftRight(k.Thread, 5);
            k.Store(k.Element(keys, warp), k.FromBits(key));
            k.Store(k.Element(winners, warp), k.FromBits(token));
        });
        k.Barrier();
        k.ExitIf(k.AtLeast(k.Thread, 1));
        k.For(1, warps, 1, warp => Combine(k, key, token, k.Bits(k.Load(k.Element(keys, warp))), k.Bits(k.Load(k.Element(winners, warp)))));
        Predicate isFinite = k.And(k.AtLeast(key, LeastFiniteKey), k.Less(key, InfinityKey));
        k.StoreWord(k.Element(tokens, k.BlockX), k.Select(isFinite, token, AllBits));
        return k.Build();
    }

    /// <summary>Words in the order of floats: magnitudes above the sign bit, and those of negative numbers turned round below it.</summary>
    private static U32 Key(PtxBuilder k, F32 value)
    {
        const uint magnitude = 0x7FFFFFFF, firstNaN = 0x7F800001;
        U32 bits = k.Bits(value);
        U32 ordered = k.Xor(bits, k.Select(k.AtLeast(bits, SignBit), AllBits, (U32)SignBit));
        return k.Select(k.Less(k.And(bits, magnitude), firstNaN), ordered, AllBits);
    }

    /// <summary>A word of another lane.</summary>
    private static U32 Exchange(PtxBuilder k, U32 word, int mask) => k.Bits(k.ShuffleXor(k.FromBits(word), mask));

    /// <summary>The greater key, and of equals the lower token.</summary>
    private static void Combine(PtxBuilder k, U32 key, U32 token, U32 otherKey, U32 otherToken)
    {
        U32 ofEquals = k.Select(k.AreEqual(key, otherKey), k.Min(token, otherToken), token);
        k.Assign(token, k.Select(k.Less(key, otherKey), otherToken, ofEquals));
        k.Assign(key, k.Max(key, otherKey));
    }
}
