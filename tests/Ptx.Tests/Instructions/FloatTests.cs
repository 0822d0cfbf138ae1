namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Floating-point arithmetic: rounding, fusing, NaN, subnormals, saturation, relations.</summary>
public sealed class FloatTests
{
    private const uint One = 0x3F800000, Two = 0x40000000, NaN = 0x7FC00000, Infinity = 0x7F800000, NegativeZero = 0x80000000, Tiny = 0x00000001, Canonical = 0x7FFFFFFF;

    [Theory]
    [InlineData("add.f32 d, a, b", One, 0x33800000, 0, One)] // 1 + 2^-24: a tie, to even
    [InlineData("add.rn.f32 d, a, b", 0x3F800001, 0x33800000, 0, 0x3F800002)] // 1 + 2^-23 + 2^-24: a tie, to even
    [InlineData("sub.f32 d, a, b", One, Two, 0, 0xBF800000)]
    [InlineData("mul.f32 d, a, b", 0x3F800001, 0x3F800001, 0, 0x3F800002)]
    [InlineData("fma.rn.f32 d, a, b, c", 0x3F800001, 0x3F800001, 0xBF800002, 0x28800000)] // 2^-46, which a rounded product loses
    [InlineData("mad.rn.f32 d, a, b, c", 0x3F800001, 0x3F800001, 0xBF800002, 0x28800000)]
    [InlineData("div.rn.f32 d, a, b", One, 0x40400000, 0, 0x3EAAAAAB)]
    [InlineData("div.rn.f32 d, a, b", One, 0, 0, Infinity)]
    [InlineData("sqrt.rn.f32 d, a", Two, 0, 0, 0x3FB504F3)]
    [InlineData("rcp.rn.f32 d, a", 0x40400000, 0, 0, 0x3EAAAAAB)]
    [InlineData("abs.f32 d, a", 0xBF800000, 0, 0, One)]
    [InlineData("neg.f32 d, a", One, 0, 0, 0xBF800000)]
    [InlineData("copysign.f32 d, a, b", NegativeZero, One, 0, 0xBF800000)]
    [InlineData("add.sat.f32 d, a, b", One, One, 0, One)]
    [InlineData("sub.sat.f32 d, a, b", One, Two, 0, 0)]
    [InlineData("mul.sat.f32 d, a, b", NaN, One, 0, 0)]
    [InlineData("fma.rn.sat.f32 d, a, b, c", Two, Two, One, One)]
    public void Arithmetic(string instruction, uint a, uint b, uint c, uint expected) => Assert.Equal(expected, TestKernel.Result(instruction, PtxType.F32, a, b, c));

    [Theory]
    [InlineData("min.f32 d, a, b", NaN, One, One)]
    [InlineData("min.f32 d, a, b", One, NaN, One)]
    [InlineData("max.f32 d, a, b", NaN, One, One)]
    [InlineData("max.f32 d, a, b", NaN, NaN, Canonical)]
    [InlineData("min.f32 d, a, b", 0, NegativeZero, NegativeZero)]
    [InlineData("max.f32 d, a, b", NegativeZero, 0, 0)]
    [InlineData("min.NaN.f32 d, a, b", One, NaN, Canonical)]
    [InlineData("max.NaN.f32 d, a, b", NaN, One, Canonical)]
    [InlineData("max.ftz.f32 d, a, b", Tiny, NegativeZero, 0)]
    [InlineData("max.f32 d, a, b", Tiny, NegativeZero, Tiny)]
    public void Extremes(string instruction, uint a, uint b, uint expected) => Assert.Equal(expected, TestKernel.Result(instruction, PtxType.F32, a, b));

    [Theory]
    [InlineData("add.f32 d, a, b", Tiny, 0, Tiny)]
    [InlineData("add.ftz.f32 d, a, b", Tiny, 0, 0)]
    [InlineData("add.ftz.f32 d, a, b", 0x80000001, NegativeZero, NegativeZero)]
    [InlineData("mul.f32 d, a, b", 0x00800000, 0x3F000000, 0x00400000)]
    [InlineData("mul.ftz.f32 d, a, b", 0x00800000, 0x3F000000, 0)]
    [InlineData("mul.ftz.f32 d, a, b", 0x00800000, 0xBF000000, NegativeZero)]
    [InlineData("fma.rn.ftz.f32 d, a, b, b", 0x00800000, 0, 0)]
    [InlineData("neg.ftz.f32 d, a", Tiny, 0, NegativeZero)]
    [InlineData("neg.f32 d, a", Tiny, 0, 0x80000001)]
    [InlineData("div.rn.ftz.f32 d, a, b", 0x00800000, Two, 0)]
    [InlineData("sqrt.rn.ftz.f32 d, a", Tiny, 0, 0)]
    public void Subnormals(string instruction, uint a, uint b, uint expected) => Assert.Equal(expected, TestKernel.Result(instruction, PtxType.F32, a, b));

    [Theory]
    [InlineData("eq", One, One, true, false)]
    [InlineData("ne", One, Two, true, false)]
    [InlineData("lt", One, Two, true, false)]
    [InlineData("le", One, One, true, false)]
    [InlineData("gt", Two, One, true, false)]
    [InlineData("ge", One, One, true, false)]
    [InlineData("equ", One, One, true, true)]
    [InlineData("neu", One, Two, true, true)]
    [InlineData("ltu", One, Two, true, true)]
    [InlineData("leu", One, One, true, true)]
    [InlineData("gtu", Two, One, true, true)]
    [InlineData("geu", One, One, true, true)]
    [InlineData("num", One, One, true, false)]
    [InlineData("nan", One, One, false, true)]
    [InlineData("lt", Two, One, false, false)]
    [InlineData("gtu", One, Two, false, true)]
    public void Relations(string relation, uint a, uint b, bool holds, bool holdsForNaN)
    {
        string instruction = $"setp.{relation}.f32 %p0, a, b; selp.b32 %r0, 1, 0, %p0; mov.b32 d, %r0";
        Assert.Equal(holds ? 1u : 0u, TestKernel.Result(instruction, PtxType.F32, a, b));
        Assert.Equal(holdsForNaN ? 1u : 0u, TestKernel.Result(instruction, PtxType.F32, NaN, b));
        Assert.Equal(holdsForNaN ? 1u : 0u, TestKernel.Result(instruction, PtxType.F32, a, NaN));
    }

    [Theory]
    [InlineData("setp.gt.f32 %p0, a, b", true)]
    [InlineData("setp.gt.ftz.f32 %p0, a, b", false)]
    [InlineData("testp.subnormal.f32 %p0, a", true)]
    [InlineData("testp.normal.f32 %p0, a", false)]
    [InlineData("testp.notanumber.f32 %p0, a", false)]
    [InlineData("testp.finite.f32 %p0, a", true)]
    public void Properties(string instruction, bool expected) =>
        Assert.Equal(expected ? One : 0u, TestKernel.Result($"{instruction}; selp.f32 d, 0f3F800000, 0f00000000, %p0", PtxType.F32, Tiny, 0));

    [Fact]
    public void SetGivesBitsOrOne()
    {
        Assert.Equal(One, TestKernel.Result("set.lt.f32.f32 d, a, b", PtxType.F32, One, Two));
        Assert.Equal(uint.MaxValue, TestKernel.Result("set.lt.u32.f32 %r0, a, b; mov.b32 d, %r0", PtxType.F32, One, Two));
        Assert.Equal(0u, TestKernel.Result("set.gt.f32.f32 d, a, b", PtxType.F32, One, Two));
    }

    [Theory]
    [InlineData("add.f64 d, a, b", 1.5, 0.25, 1.75)]
    [InlineData("mul.rn.f64 d, a, b", 1.5, -2.0, -3.0)]
    [InlineData("div.rn.f64 d, a, b", 1.0, 3.0, 1.0 / 3.0)]
    [InlineData("fma.rn.f64 d, a, b, a", 3.0, 5.0, 18.0)]
    [InlineData("sqrt.rn.f64 d, a", 2.0, 0.0, 1.4142135623730951)]
    [InlineData("max.f64 d, a, b", double.NaN, 2.0, 2.0)]
    public void Doubles(string instruction, double a, double b, double expected)
    {
        ulong bits = TestKernel.Result(instruction, PtxType.F64, null, (PtxType.F64, BitConverter.DoubleToUInt64Bits(a)), (PtxType.F64, BitConverter.DoubleToUInt64Bits(b)));
        Assert.Equal(expected, BitConverter.UInt64BitsToDouble(bits));
    }
}
