using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>What the factors of a product are rounded to before a reference in double multiplies them, and how far from that the kernel's sums may be.</summary>
internal sealed record RoundedFactors(Func<float, float> Round, double Tolerance)
{
    /// <summary>
    /// Of exact factors, and of factors rounded as the kernel rounds them, which leaves the sums' own roundings. Those are as many as terms, below 4 each, of half a
    /// unit (2^-24) of a sum that stays below 4 · depth by far.
    /// With exact factors, uniform in [-2, 2), each is off by at most u of itself: 2^-11 in tf32's 11 significant bits, 2^-8 in bfloat16's 8. Were the error uniform in [-u, u],
    /// its deviation would be u / √3, that of a term, whose root mean square is 4/3, u · √(2/3) · 4/3 = 1.09 · u, and that of a sum √depth times as much, since the errors of
    /// different factors have nothing to do with each other. Allowed are 8 deviations, 9 · u · √depth.
    /// </summary>
    public static IEnumerable<RoundedFactors> Of(ITiling? tile, int depth)
    {
        double sums = 1e-6 + (6e-8 * depth * 4);
        switch (tile is MatrixTile { Precision: var precision } ? precision : Precision.Float32)
        {
            case Precision.Tf32: return [new(ToTf32, sums), new(Exact, sums + (9 * Math.ScaleB(1, -11) * Math.Sqrt(depth)))];
            case Precision.BFloat16: return [new(ToBFloat16, sums), new(Exact, sums + (9 * Math.ScaleB(1, -8) * Math.Sqrt(depth)))];
            default: return [new(Exact, sums)];
        }
    }

    private static float Exact(float value) => value;

    /// <summary>To 11 significant bits, away from zero between two.</summary>
    private static float ToTf32(float value) => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) + 0x1000) & ~0x1FFFu);

    /// <summary>To 8 significant bits, even ones between two.</summary>
    private static float ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000u);
    }
}
