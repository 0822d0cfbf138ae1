namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Integer arithmetic against the results that the PTX ISA documents.</summary>
public sealed class IntegerTests
{
    [Theory]
    [InlineData("add.u32 d, a, b", 0xFFFFFFFF, 2, 0, 1)]
    [InlineData("add.s32 d, a, -1", 0, 0, 0, 0xFFFFFFFF)]
    [InlineData("add.sat.s32 d, a, b", 0x7FFFFFFF, 1, 0, 0x7FFFFFFF)]
    [InlineData("sub.sat.s32 d, a, b", 0x80000000, 1, 0, 0x80000000)]
    [InlineData("sub.u32 d, a, b", 3, 5, 0, 0xFFFFFFFE)]
    [InlineData("mul.lo.u32 d, a, b", 0x10001, 0x10001, 0, 0x20001)]
    [InlineData("mul.hi.u32 d, a, b", 0xFFFFFFFF, 0xFFFFFFFF, 0, 0xFFFFFFFE)]
    [InlineData("mul.hi.s32 d, a, b", 0xFFFFFFFF, 5, 0, 0xFFFFFFFF)]
    [InlineData("mad.lo.s32 d, a, b, c", 7, 6, 0xFFFFFFFE, 40)]
    [InlineData("mad.hi.u32 d, a, b, c", 0x80000000, 4, 10, 12)]
    [InlineData("div.s32 d, a, b", 0xFFFFFFF9, 2, 0, 0xFFFFFFFD)]
    [InlineData("div.u32 d, a, b", 0xFFFFFFF9, 2, 0, 0x7FFFFFFC)]
    [InlineData("rem.s32 d, a, b", 0xFFFFFFF9, 2, 0, 0xFFFFFFFF)]
    [InlineData("rem.u32 d, a, b", 17, 5, 0, 2)]
    [InlineData("div.s32 d, a, b", 0x80000000, 0xFFFFFFFF, 0, 0x80000000)]
    [InlineData("min.s32 d, a, b", 0xFFFFFFFF, 1, 0, 0xFFFFFFFF)]
    [InlineData("min.u32 d, a, b", 0xFFFFFFFF, 1, 0, 1)]
    [InlineData("max.s32 d, a, b", 0xFFFFFFFF, 1, 0, 1)]
    [InlineData("max.u32 d, a, b", 0xFFFFFFFF, 1, 0, 0xFFFFFFFF)]
    [InlineData("abs.s32 d, a", 0xFFFFFFF6, 0, 0, 10)]
    [InlineData("neg.s32 d, a", 10, 0, 0, 0xFFFFFFF6)]
    public void Words(string instruction, uint a, uint b, uint c, uint expected) => Assert.Equal(expected, TestKernel.Result(instruction, PtxType.B32, a, b, c));

    [Theory]
    [InlineData("and.b32 d, a, b", 0xF0F0, 0xFF00, 0, 0xF000)]
    [InlineData("or.b32 d, a, b", 0xF0F0, 0xFF00, 0, 0xFFF0)]
    [InlineData("xor.b32 d, a, b", 0xF0F0, 0xFF00, 0, 0x0FF0)]
    [InlineData("not.b32 d, a", 0xF0F0F0F0, 0, 0, 0x0F0F0F0F)]
    [InlineData("cnot.b32 d, a", 0, 0, 0, 1)]
    [InlineData("cnot.b32 d, a", 5, 0, 0, 0)]
    [InlineData("shl.b32 d, a, b", 1, 31, 0, 0x80000000)]
    [InlineData("shl.b32 d, a, b", 1, 32, 0, 0)]
    [InlineData("shr.u32 d, a, b", 0x80000000, 31, 0, 1)]
    [InlineData("shr.u32 d, a, b", 0x80000000, 32, 0, 0)]
    [InlineData("shr.s32 d, a, b", 0x80000000, 40, 0, 0xFFFFFFFF)]
    [InlineData("shr.b32 d, a, 4", 0xF0000000, 0, 0, 0x0F000000)]
    [InlineData("shf.l.wrap.b32 d, a, b, c", 0x80000000, 1, 33, 3)]
    [InlineData("shf.l.clamp.b32 d, a, b, c", 0x12345678, 1, 40, 0x12345678)]
    [InlineData("shf.r.wrap.b32 d, a, b, c", 0x80000000, 1, 4, 0x18000000)]
    [InlineData("shf.r.clamp.b32 d, a, b, c", 0x80000000, 7, 99, 7)]
    [InlineData("popc.b32 d, a", 0xF00F1, 0, 0, 9)]
    [InlineData("clz.b32 d, a", 0x00FF0000, 0, 0, 8)]
    [InlineData("clz.b32 d, a", 0, 0, 0, 32)]
    [InlineData("brev.b32 d, a", 0x00000012, 0, 0, 0x48000000)]
    [InlineData("bfe.u32 d, a, b, c", 0x12345678, 8, 12, 0x456)]
    [InlineData("bfe.s32 d, a, b, c", 0x00000F00, 8, 4, 0xFFFFFFFF)]
    [InlineData("bfe.s32 d, a, b, c", 0x80000000, 28, 8, 0xFFFFFFF8)]
    [InlineData("bfe.u32 d, a, b, c", 0x12345678, 8, 0, 0)]
    [InlineData("bfi.b32 d, a, b, 4, 8", 0x123, 0xFFFFFFFF, 0, 0xFFFFF23F)]
    [InlineData("bfi.b32 d, a, b, c, 40", 0x123, 0xF, 4, 0x123F)]
    [InlineData("bfi.b32 d, a, b, 32, 8", 0x123, 0xF, 0, 0xF)]
    [InlineData("mov.b64 %q8, {a, b}; popc.b64 d, %q8", 0xFF, 0xF, 0, 12)]
    [InlineData("mov.b64 %q8, {a, b}; clz.b64 d, %q8", 0xFF, 0, 0, 56)]
    [InlineData("membar.gl; fence.acq_rel.gpu; mov.b32 d, a", 9, 0, 0, 9)]
    [InlineData("mov.b32 d, 017", 0, 0, 0, 15)]
    [InlineData("mov.b32 d, 0b101", 0, 0, 0, 5)]
    [InlineData("mov.b32 d, 0x1FU", 0, 0, 0, 31)]
    [InlineData("add.u32 d, a, 2 /* two */", 5, 0, 0, 7)]
    [InlineData("mov.pred %p1, -1; selp.b32 d, 4, 5, %p1", 0, 0, 0, 4)]
    [InlineData("prmt.b32 d, a, b, c", 0x33221100, 0x77665544, 0x7250, 0x77225500)]
    [InlineData("prmt.b32 d, a, b, c", 0x00800000, 0, 0x222A, 0x808080FF)]
    [InlineData("lop3.b32 d, a, b, c, 0xE8", 0xF0F0F0F0, 0xCCCCCCCC, 0xAAAAAAAA, 0xE8E8E8E8)]
    [InlineData("lop3.b32 d, a, b, c, 0x96", 0xF0F0F0F0, 0xCCCCCCCC, 0xAAAAAAAA, 0x96969696)]
    [InlineData("selp.b32 d, a, b, %p0", 5, 6, 0, 6)]
    public void Bits(string instruction, uint a, uint b, uint c, uint expected) =>
        Assert.Equal(expected, TestKernel.Result($"setp.ne.s32 %p0, 0, 0; {instruction}", PtxType.B32, a, b, c));

    [Theory]
    [InlineData("add.u64 d, a, b", 0xFFFFFFFFFFFFFFFF, 2, 1)]
    [InlineData("mul.lo.u64 d, a, b", 0x100000001, 0x100000001, 0x200000001)]
    [InlineData("mul.hi.u64 d, a, b", 0xFFFFFFFFFFFFFFFF, 0x10, 0xF)]
    [InlineData("mul.hi.s64 d, a, b", 0xFFFFFFFFFFFFFFFF, 0x10, 0xFFFFFFFFFFFFFFFF)]
    [InlineData("shl.b64 d, a, 40", 1, 0, 0x10000000000)]
    [InlineData("shr.s64 d, a, 63", 0x8000000000000000, 0, 0xFFFFFFFFFFFFFFFF)]
    [InlineData("bfe.s64 d, a, 60, 8", 0x8000000000000000, 0, 0xFFFFFFFFFFFFFFF8)]
    [InlineData("bfi.b64 d, a, b, 8, 8", 0xAB, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFABFF)]
    [InlineData("and.b64 d, a, b", 0xFF00FF00FF00FF00, 0x0FF00FF00FF00FF0, 0x0F000F000F000F00)]
    [InlineData("min.s64 d, a, b", 0xFFFFFFFFFFFFFFFF, 1, 0xFFFFFFFFFFFFFFFF)]
    [InlineData("brev.b64 d, a", 1, 0, 0x8000000000000000)]
    public void DoubleWords(string instruction, ulong a, ulong b, ulong expected) =>
        Assert.Equal(expected, TestKernel.Result(instruction, PtxType.B64, null, (PtxType.B64, a), (PtxType.B64, b)));

    [Theory]
    [InlineData("mul.wide.u32 d, a, b", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE00000001)]
    [InlineData("mul.wide.s32 d, a, b", 0xFFFFFFFF, 5, 0xFFFFFFFFFFFFFFFB)]
    [InlineData("mad.wide.u32 d, a, b, 7", 0x80000000, 4, 0x200000007)]
    [InlineData("mov.b64 d, {a, b}", 1, 2, 0x200000001)]
    [InlineData("cvt.u64.u32 d, a", 0xFFFFFFFF, 0, 0xFFFFFFFF)]
    [InlineData("cvt.s64.s32 d, a", 0xFFFFFFFF, 0, 0xFFFFFFFFFFFFFFFF)]
    public void Widening(string instruction, uint a, uint b, ulong expected) =>
        Assert.Equal(expected, TestKernel.Result(instruction, PtxType.B64, null, (PtxType.B32, a), (PtxType.B32, b)));

    [Theory]
    [InlineData("add.s16 d, a, b", 0x7FFF, 1, 0x8000)]
    [InlineData("mul.lo.u16 d, a, b", 0x101, 0x101, 0x201)]
    [InlineData("mul.hi.s16 d, a, b", 0xFFFF, 2, 0xFFFF)]
    [InlineData("shr.s16 d, a, 20", 0x8000, 0, 0xFFFF)]
    [InlineData("shl.b16 d, a, 15", 3, 0, 0x8000)]
    [InlineData("max.s16 d, a, b", 0xFFFF, 1, 1)]
    public void HalfWords(string instruction, ulong a, ulong b, ulong expected) =>
        Assert.Equal(expected, TestKernel.Result(instruction, PtxType.B16, null, (PtxType.B16, a), (PtxType.B16, b)));

    [Theory]
    [InlineData("lt", "s32", 0xFFFFFFFF, 1, true)]
    [InlineData("lt", "u32", 0xFFFFFFFF, 1, false)]
    [InlineData("lo", "u32", 1, 2, true)]
    [InlineData("hs", "u32", 2, 2, true)]
    [InlineData("ge", "s32", 0xFFFFFFFF, 0, false)]
    [InlineData("eq", "b32", 7, 7, true)]
    [InlineData("ne", "b32", 7, 7, false)]
    public void Comparisons(string relation, string type, uint a, uint b, bool expected)
    {
        uint value = TestKernel.Result($"setp.{relation}.{type} %p0|%p1, a, b; selp.b32 %r0, 1, 0, %p0; selp.b32 %r1, 2, 0, %p1; or.b32 d, %r0, %r1", PtxType.B32, a, b);
        Assert.Equal(expected ? 1u : 2u, value);
    }

    [Theory]
    [InlineData("setp.eq.and.s32 %p1, a, b, %p0", true, false)]
    [InlineData("setp.eq.and.s32 %p1, a, b, !%p0", true, true)]
    [InlineData("setp.eq.or.s32 %p1, a, b, !%p0", false, true)]
    [InlineData("setp.eq.xor.s32 %p1, a, b, !%p0", true, false)]
    [InlineData("setp.eq.s32 %p2, a, b; and.pred %p1, %p2, %p0", true, false)]
    [InlineData("setp.eq.s32 %p2, a, b; or.pred %p1, %p2, %p0", true, true)]
    [InlineData("setp.eq.s32 %p2, a, b; xor.pred %p1, %p2, !%p0", true, false)]
    [InlineData("setp.eq.s32 %p2, a, b; not.pred %p1, %p2", true, false)]
    [InlineData("setp.eq.s32 %p2, a, b; mov.pred %p1, %p2", true, true)]
    public void PredicateLogic(string instructions, bool areEqual, bool expected)
    {
        uint value = TestKernel.Result($"setp.ne.s32 %p0, 0, 0; {instructions}; selp.b32 d, 1, 0, %p1", PtxType.B32, 4, areEqual ? 4u : 5u);
        Assert.Equal(expected ? 1u : 0u, value);
    }
}
