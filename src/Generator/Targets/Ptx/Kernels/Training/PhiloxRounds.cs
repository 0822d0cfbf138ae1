namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011), as the run-time's Philox: the same key and counter give the same bits.</summary>
internal static class PhiloxRounds
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;
    private const float UniformUnit = 1f / (1 << 24);

    /// <summary>The four random words of a counter.</summary>
    public static U32[] Block(PtxBuilder k, U32 key0, U32 key1, U32[] counter)
    {
        U32 word0 = counter[0], word1 = counter[1], word2 = counter[2], word3 = counter[3];
        for (int round = 0; round < Rounds; round++)
        {
            U32 high0 = k.MultiplyHigh(word0, Multiplier0), low0 = k.MultiplyLow(word0, Multiplier0);
            U32 high1 = k.MultiplyHigh(word2, Multiplier1), low1 = k.MultiplyLow(word2, Multiplier1);
            word0 = k.Xor(k.Xor(high1, word1), key0);
            word1 = low1;
            word2 = k.Xor(k.Xor(high0, word3), key1);
            word3 = low0;
            if (round == Rounds - 1) break;
            key0 = k.Add(key0, Weyl0);
            key1 = k.Add(key1, Weyl1);
        }

        return [word0, word1, word2, word3];
    }

    /// <summary>A word as a number in [0, 1) of 24 bits.</summary>
    public static F32 Uniform(PtxBuilder k, U32 word) => k.Multiply(k.ToFloat(k.ShiftRight(word, 8)), UniformUnit);
}
