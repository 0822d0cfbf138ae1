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
        U32[] words = counter;
        for (int round = 0; round < Rounds; round++)
        {
            words = Round(k, key0, key1, words);
            if (round == Rounds - 1) break;
            key0 = k.Add(key0, Weyl0);
            key1 = k.Add(key1, Weyl1);
        }

        return words;
    }

    /// <summary>As <see cref="Block"/>, by a loop over the rounds: an eighth of the text, for kernels that have much besides.</summary>
    public static U32[] BlockByLoop(PtxBuilder k, U32 key0, U32 key1, U32[] counter)
    {
        U32[] words = [.. counter.Select(word => k.Variable(word))];
        (key0, key1) = (k.Variable(key0), k.Variable(key1));
        k.For(0, Rounds, 1, _ =>
        {
            U32[] next = Round(k, key0, key1, words);
            for (int i = 0; i < words.Length; i++) k.Assign(words[i], next[i]);
            k.AddTo(key0, Weyl0);
            k.AddTo(key1, Weyl1);
        });
        return words;
    }

    /// <summary>A word as a number in [0, 1) of 24 bits.</summary>
    public static F32 Uniform(PtxBuilder k, U32 word) => k.Multiply(k.ToFloat(k.ShiftRight(word, 8)), UniformUnit);

    private static U32[] Round(PtxBuilder k, U32 key0, U32 key1, U32[] words)
    {
        U32 high0 = k.MultiplyHigh(words[0], Multiplier0), low0 = k.MultiplyLow(words[0], Multiplier0);
        U32 high1 = k.MultiplyHigh(words[2], Multiplier1), low1 = k.MultiplyLow(words[2], Multiplier1);
        return [k.Xor(k.Xor(high1, words[1]), key0), low1, k.Xor(k.Xor(high0, words[3]), key1), low0];
    }
}
