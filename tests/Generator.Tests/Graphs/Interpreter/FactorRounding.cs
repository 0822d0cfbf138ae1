using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>The factors of matrix products as tensor cores take them: in single precision in memory, rounded once on the way.</summary>
internal static class FactorRounding
{
    /// <summary>Forward products of up to so many rows wait for memory and are not rounded.</summary>
    public const int FewRows = 8;

    public static double[] Of(double[] factors, Precision precision) => precision switch
    {
        Precision.Float32 => factors,
        Precision.Tf32 => [.. factors.Select(factor => (double)ToTf32((float)factor))],
        Precision.BFloat16 => [.. factors.Select(factor => (double)ToBFloat16((float)factor))],
        _ => throw new NotSupportedException($"{precision}"),
    };

    /// <summary>To 11 significant bits, away from zero between two (<c>cvt.rna.tf32.f32</c>).</summary>
    private static float ToTf32(float value) => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) + 0x1000) & ~0x1FFFu);

    /// <summary>To 8 significant bits, even ones between two (<c>cvt.rn.bf16.f32</c>).</summary>
    private static float ToBFloat16(float value)
    {
        if (float.IsNaN(value)) return value;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000u);
    }
}
