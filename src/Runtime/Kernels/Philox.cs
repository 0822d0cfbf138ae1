using System.Runtime.Intrinsics;

namespace Transformer.Compiled.Kernels;

/// <summary>Philox4x32-10 (Salmon et al. 2011): four random words that are a pure function of a key and a counter.</summary>
internal static class Philox
{
    /// <summary>The four random words of a counter.</summary>
    internal static Vector128<uint> Block(ulong key, Vector128<uint> counter)
    {
        (uint word0, uint word1, uint word2, uint word3) = (counter[0], counter[1], counter[2], counter[3]);
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)word0 * 0xD2511F53;
            ulong product1 = (ulong)word2 * 0xCD9E8D57;
            word0 = (uint)(product1 >> 32) ^ word1 ^ key0;
            word1 = (uint)product1;
            word2 = (uint)(product0 >> 32) ^ word3 ^ key1;
            word3 = (uint)product0;
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        return Vector128.Create(word0, word1, word2, word3);
    }
}
