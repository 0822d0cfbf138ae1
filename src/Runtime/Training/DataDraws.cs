using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels;

namespace Transformer.Compiled.Training;

/// <summary>Random numbers for data, a sequence for each use, seed and item (Philox).</summary>
internal struct DataDraws(uint use, ulong seed, long item)
{
    /// <summary>The counter's last word, which tells the uses apart: "SHUF", "MASK", "SPAN", "BUCK".</summary>
    internal const uint Shuffling = 0x46554853, Masking = 0x4B53414D, Spans = 0x4E415053, Buckets = 0x4B435542;

    private uint _draws;

    /// <summary>Equally likely in [0, bound), to one part in 2⁶⁴ / bound.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Uniform in [0, 1), with 53 bits.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    private ulong Next() =>
        Philox.Block(seed, Vector128.Create((uint)item, (uint)(item >> 32), _draws++, use)).AsUInt64()[0];
}
