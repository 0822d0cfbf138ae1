namespace Transformer.Compiled.Ptx.Tests;

/// <summary><c>cvt</c>: every rounding, saturation, extension, bfloat16, tf32, half precision.</summary>
public sealed class ConversionTests
{
    private static ulong Convert(string instruction, PtxType to, PtxType from, ulong bits) => TestKernel.Result($"{instruction} d, a", to, null, (from, bits));

    [Theory]
    [InlineData("cvt.rni.s32.f32", 2.5f, 2)]
    [InlineData("cvt.rni.s32.f32", 3.5f, 4)]
    [InlineData("cvt.rzi.s32.f32", -2.7f, -2)]
    [InlineData("cvt.rmi.s32.f32", -2.2f, -3)]
    [InlineData("cvt.rpi.s32.f32", 2.2f, 3)]
    [InlineData("cvt.rzi.s32.f32", 3e9f, int.MaxValue)]
    [InlineData("cvt.rzi.s32.f32", -3e9f, int.MinValue)]
    [InlineData("cvt.rzi.s32.f32", float.NaN, 0)]
    [InlineData("cvt.rzi.s32.f32", float.NegativeInfinity, int.MinValue)]
    public void FloatToInteger(string instruction, float value, int expected) => Assert.Equal((uint)expected, (uint)Convert(instruction, PtxType.B32, PtxType.F32, TestKernel.Bits(value)));

    [Theory]
    [InlineData("cvt.rzi.u32.f32", -1f, 0u)]
    [InlineData("cvt.rzi.u32.f32", 4e9f, 4000000000u)]
    [InlineData("cvt.rzi.u32.f32", 5e9f, uint.MaxValue)]
    public void FloatToUnsigned(string instruction, float value, uint expected) => Assert.Equal(expected, (uint)Convert(instruction, PtxType.B32, PtxType.F32, TestKernel.Bits(value)));

    [Theory]
    [InlineData("cvt.rn.f32.s32", 0x01000001u, 0x4B800000u)] // 2^24 + 1 is a tie
    [InlineData("cvt.rn.f32.s32", 0x01000003u, 0x4B800002u)]
    [InlineData("cvt.rz.f32.s32", 0x01000003u, 0x4B800001u)]
    [InlineData("cvt.rp.f32.s32", 0x01000001u, 0x4B800001u)]
    [InlineData("cvt.rm.f32.s32", 0xFEFFFFFFu, 0xCB800001u)] // -(2^24 + 1) down
    [InlineData("cvt.rz.f32.s32", 0xFEFFFFFFu, 0xCB800000u)]
    [InlineData("cvt.rn.f32.u32", 0xFFFFFFFFu, 0x4F800000u)]
    [InlineData("cvt.rz.f32.u32", 0xFFFFFFFFu, 0x4F7FFFFFu)]
    public void IntegerToFloat(string instruction, uint value, uint expected) => Assert.Equal(expected, (uint)Convert(instruction, PtxType.F32, PtxType.B32, value));

    [Theory]
    [InlineData("cvt.rn.f32.u64", 0xFFFFFFFFFFFFFFFFul, 0x5F800000u)]
    [InlineData("cvt.rz.f32.u64", 0xFFFFFFFFFFFFFFFFul, 0x5F7FFFFFu)]
    [InlineData("cvt.rn.f32.u64", 0x8000008000000001ul, 0x5F000001u)] // just above a tie: a double in between would lose the last bit
    [InlineData("cvt.rn.f32.s64", 0xFFFFFFFFFFFFFFFFul, 0xBF800000u)]
    public void LongToFloat(string instruction, ulong value, uint expected) => Assert.Equal(expected, (uint)Convert(instruction, PtxType.F32, PtxType.B64, value));

    [Theory]
    [InlineData("cvt.rn.f32.f64", 1.00000005960464477, 0x3F800000u)] // 1 + 2^-24
    [InlineData("cvt.rp.f32.f64", 1.00000001, 0x3F800001u)]
    [InlineData("cvt.rm.f32.f64", 1.00000011, 0x3F800000u)]
    [InlineData("cvt.rz.f32.f64", -1.00000011, 0xBF800000u)]
    [InlineData("cvt.rn.f32.f64", 1e300, 0x7F800000u)]
    [InlineData("cvt.rz.f32.f64", 1e300, 0x7F7FFFFFu)]
    public void DoubleToFloat(string instruction, double value, uint expected) =>
        Assert.Equal(expected, (uint)Convert(instruction, PtxType.F32, PtxType.F64, BitConverter.DoubleToUInt64Bits(value)));

    [Theory]
    [InlineData("cvt.rni.f32.f32", 2.5f, 2f)]
    [InlineData("cvt.rmi.f32.f32", -0.5f, -1f)]
    [InlineData("cvt.rpi.f32.f32", 0.2f, 1f)]
    [InlineData("cvt.rzi.f32.f32", -7.9f, -7f)]
    [InlineData("cvt.sat.f32.f32", 1.5f, 1f)]
    [InlineData("cvt.sat.f32.f32", float.NaN, 0f)]
    [InlineData("cvt.ftz.f32.f32", 1e-40f, 0f)]
    public void FloatToFloat(string instruction, float value, float expected) =>
        Assert.Equal(expected, TestKernel.Single((uint)Convert(instruction, PtxType.F32, PtxType.F32, TestKernel.Bits(value))));

    [Theory]
    [InlineData("cvt.u32.u8", 0x1FFu, 0xFFu)]
    [InlineData("cvt.s32.s8", 0x1FFu, 0xFFFFFFFFu)]
    [InlineData("cvt.u32.u16", 0x12345678u, 0x5678u)]
    [InlineData("cvt.s32.s16", 0x1234F678u, 0xFFFFF678u)]
    [InlineData("cvt.sat.s8.s32", 1000u, 127u)]
    [InlineData("cvt.sat.s8.s32", 0xFFFFFC18u, 0xFFFFFF80u)]
    [InlineData("cvt.sat.u8.s32", 0xFFFFFC18u, 0u)]
    [InlineData("cvt.s8.s32", 0x80u, 0xFFFFFF80u)]
    [InlineData("cvt.u8.u32", 0x180u, 0x80u)]
    public void IntegerToInteger(string instruction, uint value, uint expected) => Assert.Equal(expected, (uint)Convert(instruction, PtxType.B32, PtxType.B32, value));

    [Theory]
    [InlineData("cvt.rn.bf16.f32", 0x3F808000u, 0x3F80u)] // a tie, to even
    [InlineData("cvt.rn.bf16.f32", 0x3F818000u, 0x3F82u)]
    [InlineData("cvt.rn.bf16.f32", 0x3F808001u, 0x3F81u)]
    [InlineData("cvt.rz.bf16.f32", 0x3F80FFFFu, 0x3F80u)]
    [InlineData("cvt.rn.bf16.f32", 0x7F7FFFFFu, 0x7F80u)] // the largest rounds to infinity
    [InlineData("cvt.rn.bf16.f32", 0xFF800000u, 0xFF80u)]
    [InlineData("cvt.rn.bf16.f32", 0x7F800001u, 0x7FFFu)] // NaN
    [InlineData("cvt.rn.f16.f32", 0x3F801000u, 0x3C00u)]
    [InlineData("cvt.rn.f16.f32", 0x3F803000u, 0x3C02u)]
    [InlineData("cvt.rz.f16.f32", 0x3F803000u, 0x3C01u)]
    [InlineData("cvt.rn.f16.f32", 0x477FF000u, 0x7C00u)]
    public void FloatToSixteenBits(string instruction, uint value, uint expected) => Assert.Equal(expected, (uint)Convert(instruction, PtxType.B16, PtxType.F32, value));

    [Fact]
    public void HalfToFloat() => Assert.Equal(0xBE000000u, (uint)Convert("cvt.f32.f16", PtxType.F32, PtxType.B16, 0xB000));

    [Fact]
    public void TheFirstOfAPairIsTheUpper() => Assert.Equal(
        0x3F804000u, (uint)TestKernel.Result("cvt.rn.bf16x2.f32 d, a, b", PtxType.B32, null, (PtxType.F32, TestKernel.Bits(1)), (PtxType.F32, TestKernel.Bits(2))));

    [Theory]
    [InlineData(0x3F801000u, 0x3F802000u)] // a tie, away from zero
    [InlineData(0xBF801000u, 0xBF802000u)]
    [InlineData(0x3F800FFFu, 0x3F800000u)]
    [InlineData(0x7F800000u, 0x7F800000u)]
    [InlineData(0x7FC00000u, 0x7FFFFFFFu)]
    public void FloatToTensorFloat(uint value, uint expected) => Assert.Equal(expected, (uint)Convert("cvt.rna.tf32.f32", PtxType.B32, PtxType.F32, value));

    [Theory]
    [InlineData("mov.b32 {%h0, %h1}, a; mov.b32 d, {%h1, %h0}", 0x12345678u, 0x56781234u)]
    [InlineData("mov.b32 {_, %h1}, a; cvt.u32.u16 d, %h1", 0x12345678u, 0x1234u)]
    [InlineData("mov.b32 %f0, a; mov.b32 d, %f0", 0x7F800001u, 0x7F800001u)]
    [InlineData("cvt.u64.u32 %q8, a; mov.b64 {%r0, %r1}, %q8; or.b32 d, %r0, %r1", 0x12345678u, 0x12345678u)]
    public void Packing(string instruction, uint value, uint expected) => Assert.Equal(expected, TestKernel.Result(instruction, PtxType.B32, value));
}
