namespace Transformer.Compiled.Ptx.Tests;

/// <summary>What the parser makes of a text, and what it says of one that is wrong.</summary>
public sealed class ParserTests
{
    private const string Kernel = """
        // A comment.
        .version 7.0
        .target sm_80
        .address_size 64
        .global .align 4 .u32 table[3] = {1, 2, 0x30};
        .extern .shared .align 16 .b8 dynamic[];
        .visible .entry first(
            .param .u64 .ptr .global .align 16 a,
            .param .u32 count,
            .param .align 8 .b8 both[16]
        )
        .maxntid 128, 1, 1
        {
            .reg .pred %p<2>;
            .reg .b32 %r<3>;
            .shared .align 16 .b8 tile[4][8];
            /* Over
               lines. */
            ld.param.u32 %r0, [count];
            setp.ne.s32 %p0, %r0, -1;
            @!%p0 bra END;
            {
                .reg .f32 %r0;
                mov.f32 %r0, 0f3F800000;
            }
        END:
            ret;
        }
        """;

    [Fact]
    public void AKernelIsAsItStands()
    {
        var module = PtxModule.Parse(Kernel);
        Assert.Equal(new Version(7, 0), module.Version);
        Assert.Equal("sm_80", module.Target);
        Assert.Equal([1, 0, 0, 0, 2, 0, 0, 0, 0x30, 0, 0, 0], module.Variables[0].Initial!);
        Assert.True(module.Variables[1].IsExternal);
        var entry = module.Entry("first");
        Assert.Equal([("a", 0, 8), ("count", 8, 4), ("both", 16, 16)], entry.Parameters.Select(parameter => (parameter.Name, parameter.Offset, parameter.Bytes)));
        Assert.Equal(32, entry.ParameterBytes);
        Assert.Equal([128, 1, 1], entry.Directives["maxntid"]);
        Assert.Equal(["%p0", "%p1", "%r0", "%r1", "%r2", "%r0"], entry.Registers.Select(register => register.Name));
        Assert.Equal(32, entry.Variables[0].Bytes);
        Assert.Equal(["ld.param.u32", "setp.ne.s32", "bra", "mov.f32", "ret"], entry.Instructions.Select(instruction => instruction.Name));
        Assert.Equal([19, 20, 21, 24, 27], entry.Instructions.Select(instruction => instruction.Line));
        Assert.True(entry.Instructions[2].Guard!.Negated);
        Assert.Equal(4, ((PtxLabelOperand)entry.Instructions[2].Operands[0]).Label.Target);
        Assert.Equal(PtxType.F32, ((PtxRegisterOperand)entry.Instructions[3].Operands[0]).Register.Type);
        Assert.Equal("setp.ne.s32 %p0, %r0, -1", entry.Instructions[1].Text);
    }

    [Theory]
    [InlineData("bra NOWHERE;", "the label 'NOWHERE' is not declared")]
    [InlineData("{ INSIDE: ret; } bra INSIDE;", "the label 'INSIDE' is not declared")]
    [InlineData("TWICE: ret; TWICE: ret;", "a second label 'TWICE'")]
    [InlineData("mov.u32 %r0, %x9;", "'%x9' is not declared")]
    [InlineData(".reg .b32 %r0;", "'%r0' is declared a second time")]
    [InlineData("mov.u32 %r0, 1", "found 'ret', expected ';'")]
    [InlineData("ld.global.u32 %r0, [%q0;", "found ';', expected ']'")]
    [InlineData("mov.f32 %f0, 0f3F80;", "expected 8 hexadecimal digits after '0f'")]
    [InlineData("@%r0 mov.u32 %r0, 1;", "expected a register declared '.pred'")]
    [InlineData("mov.u32 %r0, #;", "the character '#'")]
    [InlineData("{ mov.u32 %r0, 1;", "is not closed")]
    [InlineData(".reg .b8 %x;", "no register is of type .b8")]
    public void WrongTextsAreRefused(string body, string expected)
    {
        var fault = Assert.Throws<PtxException>(() => PtxModule.Parse(TestKernel.Text(body)));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Line > 5, fault.Message);
    }

    [Theory]
    [InlineData("frobnicate.u32 %r0, %r1;", "the instruction 'frobnicate' is not known")]
    [InlineData("add.u32.fast %r0, %r1, %r2;", "found the modifier '.fast' at place 2")]
    [InlineData("add.ftz.u32 %r0, %r1, %r2;", "found '.ftz', expected one of the types")]
    [InlineData("add.u32 %r0, %r1;", "found 2 operands, expected at least 3")]
    [InlineData("add.u32 %r0, %r1, %r2, %r3;", "found 4 operands, expected 3")]
    [InlineData("add.u32 %q0, %r1, %r2;", "found %q0 (.b64), expected a register of 32 bits for .u32")]
    [InlineData("add.u32 %f0, %r1, %r2;", "found %f0 (.f32), expected a register for .u32")]
    [InlineData("add.f32 %f0, %f1, 1;", "found the integer 1, expected a value of type .f32")]
    [InlineData("add.u32 %r0, %r1, 0f3F800000;", "expected a value of type .u32")]
    [InlineData("add.u32 %r0, %r1, 0x100000000;", "does not fit into .u32")]
    [InlineData("cvt.f32.s32 %f0, %r0;", "found no rounding for the conversion from .s32 to .f32")]
    [InlineData("cvt.rn.u32.f32 %r0, %f0;", "expected '.rni', '.rzi', '.rmi', '.rpi'")]
    [InlineData("cvt.rn.u64.u32 %q0, %r0;", "found '.rn' for the conversion from .u32 to .u64, expected none")]
    [InlineData("cvt.f32.bf16 %f0, %h0;", "on sm_80")]
    [InlineData("fma.f32 %f0, %f1, %f2, %f3;", "expected '.rn'")]
    [InlineData("fma.rz.f32 %f0, %f1, %f2, %f3;", "found '.rz', expected '.rn'")]
    [InlineData("div.f32 %f0, %f1, %f2;", "expected '.rn', '.approx', '.full'")]
    [InlineData("mul.u32 %r0, %r1, %r2;", "expected '.lo', '.hi', '.wide'")]
    [InlineData("ex2.f32 %f0, %f1;", "expected '.approx'")]
    [InlineData("and.u32 %r0, %r1, %r2;", "expected one of the types .b16, .b32, .b64")]
    [InlineData("ld.global.v4.f64 {%d0, %d1, %d2, %d3}, [%q0];", "more than 16 bytes")]
    [InlineData("ld.global.v2.f32 {%f0}, [%q0];", "expected 2 elements")]
    [InlineData("ld.global.u32 %r0, [%r1];", "which is narrower than .u64")]
    [InlineData("ld.param.u64 %q0, [p0+8];", "are not inside of the 8 bytes of 'p0'")]
    [InlineData("ld.param.u32 %r0, [p0+2];", "are not aligned")]
    [InlineData("setp.ltu.s32 %p0, %r0, %r1;", "'.ltu' does not compare .s32")]
    [InlineData("setp.lt.b32 %p0, %r0, %r1;", "'.lt' does not compare .b32")]
    [InlineData("bar.sync 16;", "expected an integer from 0 to 15")]
    [InlineData("mov.u64 %q0, %tid.x;", "found %tid.x, expected a value of type .u64")]
    [InlineData("add.u32 %r0, %tid.x, 1;", "found %tid.x, expected a value of type .u32")]
    public void WrongInstructionsAreRefused(string instruction, string expected)
    {
        using var machine = new PtxMachine();
        var module = PtxModule.Parse(TestKernel.Text("    " + instruction));
        var fault = Assert.Throws<PtxException>(() => machine.Check(module));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains("kernel 'test'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".version 7.0\n.target sm_80\n.address_size 32", "expected 64")]
    [InlineData(".version 7.0\n.target sm_80\n.address_size 64\n.entry f(.param .b8 a[5000]) { ret; }", "expected at most 4352")]
    [InlineData(".target sm_80", "expected '.version'")]
    [InlineData(".version 7.0\n.target sm_80\n.address_size 64\n.func f() { ret; }", "functions are not supported")]
    public void WrongModulesAreRefused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<PtxException>(() => PtxModule.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void MoreThan48KilobytesOfSharedMemoryAreDynamic()
    {
        using var machine = new PtxMachine();
        machine.Check(PtxModule.Parse(TestKernel.Text("", module: ".shared .b8 a[49152];")));
        var fault = Assert.Throws<PtxException>(() => machine.Check(PtxModule.Parse(TestKernel.Text("", module: ".shared .b8 a[49152];\n.shared .b8 b[4];"))));
        Assert.Contains("declares 49156 bytes of shared memory", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LaunchesHaveToFitTheKernel()
    {
        using var machine = new PtxMachine();
        var module = PtxModule.Parse(Kernel);
        Assert.Contains("32", Launch(new Dim3(1), new Dim3(32), 31), StringComparison.Ordinal);
        Assert.Contains(".maxntid allows 128", Launch(new Dim3(1), new Dim3(256), 32), StringComparison.Ordinal);
        Assert.Contains("expected 1 to 1024 threads", Launch(new Dim3(1), new Dim3(2048), 32), StringComparison.Ordinal);
        Assert.Contains("the grid (0, 1, 1)", Launch(new Dim3(0), new Dim3(32), 32), StringComparison.Ordinal);
        Assert.Contains("no kernel 'second'", Assert.Throws<PtxException>(() => machine.Launch(module, "second", new Dim3(1), new Dim3(1), 0, [])).Message, StringComparison.Ordinal);

        string Launch(Dim3 grid, Dim3 block, int bytes) => Assert.Throws<PtxException>(() => machine.Launch(module, "first", grid, block, 0, new byte[bytes])).Message;
    }
}
