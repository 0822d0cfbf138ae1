namespace Transformer.Compiled.Ptx.Tests;

/// <summary><c>cp.async</c>: bytes land when they are waited for.</summary>
public sealed class AsyncCopyTests
{
    private const string Module = ".shared .align 16 .b8 tile[1024];";

    private const string Copies = """
            ld.param.u64 %q0, [p0];
            ld.param.u64 %q1, [p1];
            mov.u32 %r0, %tid.x;
            shl.b32 %r1, %r0, 4;
            cvt.u64.u32 %q2, %r1;
            add.u64 %q3, %q1, %q2;
            add.u64 %q4, %q0, %q2;
            mov.u32 %r2, tile;
            add.u32 %r3, %r2, %r1;
            cp.async.cg.shared.global [%r3], [%q3], 16;
            cp.async.commit_group;
            cp.async.ca.shared.global [%r3+512], [%q3+512], 16, 4;
            cp.async.commit_group;
            cp.async.wait_group 1;
            bar.sync 0;
            xor.b32 %r4, %r3, 16;
            ld.shared.v4.u32 {%r8, %r9, %r10, %r11}, [%r4];
            cp.async.wait_group 0;
            bar.sync 0;
            ld.shared.v4.u32 {%r12, %r13, %r14, %r15}, [%r4+512];
            st.global.v4.u32 [%q4], {%r8, %r9, %r10, %r11};
            st.global.v4.u32 [%q4+512], {%r12, %r13, %r14, %r15};
        """;

    private static readonly uint[] Numbers = [.. Enumerable.Range(1, 256).Select(number => (uint)number)];

    [Fact]
    public void CopiesLandAndTheRestIsZero()
    {
        uint[] values = TestKernel.Run(Copies, 256, new Dim3(1), new Dim3(32), [Numbers], module: Module);
        for (int index = 0; index < 128; index++) Assert.Equal(Numbers[index ^ 4], values[index]);
        for (int index = 128; index < 256; index++) Assert.Equal(index % 4 == 0 ? Numbers[index ^ 4] : 0u, values[index]);
    }

    [Theory]
    [InlineData("    cp.async.wait_group 0;\n", "(cp.async) and has not waited for")]
    [InlineData("    cp.async.wait_group 1;\n", "(cp.async) and has not waited for")]
    [InlineData("    cp.async.wait_group 1;\n    bar.sync 0;\n", "(cp.async) and has not waited for")]
    [InlineData("    cp.async.commit_group;\n    cp.async.wait_group 1;\n", "(cp.async) and has not waited for")]
    [InlineData("    cp.async.wait_group 0;\n    bar.sync 0;\n", "(cp.async) and has not waited for")]
    public void AMissingWaitIsAFault(string removed, string expected)
    {
        Assert.Contains(removed, Copies, StringComparison.Ordinal);
        var fault = TestKernel.Fails(Copies.Replace(removed, removed.Contains("commit", StringComparison.Ordinal) ? "    cp.async.wait_group 1;\n" : "", StringComparison.Ordinal), words: 256, module: Module, inputs: [Numbers]);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWaitWithoutABarrierIsARace()
    {
        var fault = TestKernel.Fails(Copies.Replace("    cp.async.wait_group 1;\n    bar.sync 0;\n", "    cp.async.wait_group 1;\n", StringComparison.Ordinal), words: 256, module: Module, inputs: [Numbers]);
        Assert.Contains("a race", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OverwritingATileThatOthersStillReadIsARace()
    {
        var fault = TestKernel.Fails("""
                ld.param.u64 %q1, [p1];
                mov.u32 %r0, %tid.x;
                shl.b32 %r1, %r0, 2;
                cvt.u64.u32 %q2, %r1;
                add.u64 %q3, %q1, %q2;
                mov.u32 %r2, tile;
                add.u32 %r3, %r2, %r1;
                cp.async.ca.shared.global [%r3], [%q3], 4;
                cp.async.wait_all;
                bar.sync 0;
                xor.b32 %r4, %r3, 4;
                ld.shared.u32 %r5, [%r4];
                cp.async.ca.shared.global [%r3], [%q3], 4;
            """, module: Module, inputs: [Numbers]);
        Assert.Contains("a race", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cp.async.cg.shared.global [%r3], [%q3], 8;", "expected an integer from 16 to 16")]
    [InlineData("cp.async.ca.shared.global [%r3], [%q3], 12;", "found the size 12, expected 4, 8 or 16")]
    [InlineData("cp.async.ca.shared.global [%r3+4], [%q3], 16;", "copies 16 bytes to shared memory at 4, which is not a multiple of 16")]
    [InlineData("cp.async.ca.shared.global [%r3], [%q3+4], 8;", "which is not a multiple of 8")]
    [InlineData("cp.async.ca.shared.global [%r3], [%q3+1024], 8;", "are not inside of one region")]
    [InlineData("cp.async.ca.shared.global [%r3+1024], [%q3], 8;", "the block has 1024 bytes of it")]
    public void BoundsAndAlignment(string instruction, string expected)
    {
        var fault = TestKernel.Fails("    ld.param.u64 %q3, [p1];\n    mov.u32 %r3, tile;\n    " + instruction, threads: 1, module: Module, inputs: [Numbers]);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsReadWhereTheSourceHasNoBytes()
    {
        uint[] values = TestKernel.Run("""
                ld.param.u64 %q0, [p0];
                mov.u32 %r3, tile;
                mov.u32 %r4, 0;
                mov.u64 %q3, 0;
                cp.async.ca.shared.global [%r3], [%q3], 16, %r4;
                cp.async.wait_all;
                ld.shared.u32 %r5, [tile+12];
                st.global.u32 [%q0], %r5;
            """, 1, new Dim3(1), new Dim3(1), module: Module);
        Assert.Equal(0u, values[0]);
    }
}
