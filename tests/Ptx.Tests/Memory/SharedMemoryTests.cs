namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Shared memory: sums over a block, races, poison, bounds.</summary>
public sealed class SharedMemoryTests
{
    /// <summary>The sum over 128 threads by halving, with a barrier after every step.</summary>
    private const string Reduction = """
            ld.param.u64 %q0, [p0];
            ld.param.u64 %q2, [p1];
            mov.u32 %r0, %tid.x;
            mul.wide.u32 %q1, %r0, 4;
            add.u64 %q2, %q2, %q1;
            ld.global.f32 %f0, [%q2];
            mov.u32 %r1, scratch;
            shl.b32 %r2, %r0, 2;
            add.u32 %r1, %r1, %r2;
            st.shared.f32 [%r1], %f0;
            bar.sync 0;
            mov.u32 %r3, 64;
        STEP:
            setp.ge.u32 %p0, %r0, %r3;
            @%p0 bra SKIP;
            shl.b32 %r4, %r3, 2;
            add.u32 %r4, %r1, %r4;
            ld.shared.f32 %f1, [%r4];
            ld.shared.f32 %f2, [%r1];
            add.f32 %f2, %f2, %f1;
            st.shared.f32 [%r1], %f2;
        SKIP:
            bar.sync 0;
            shr.u32 %r3, %r3, 1;
            setp.ne.u32 %p1, %r3, 0;
            @%p1 bra STEP;
            setp.ne.u32 %p2, %r0, 0;
            @%p2 bra DONE;
            st.global.f32 [%q0], %f2;
        DONE:
        """;

    private const string Scratch = ".shared .align 16 .b8 scratch[512];";

    private static uint[] Numbers => [.. Enumerable.Range(1, 128).Select(number => TestKernel.Bits(number))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AReductionOverABlock(int seed)
    {
        uint[] values = TestKernel.Run(Reduction, 1, new Dim3(1), new Dim3(128), [Numbers], new PtxMachineOptions { Seed = seed }, Scratch);
        Assert.Equal(128f * 129 / 2, TestKernel.Single(values[0]));
    }

    [Fact]
    public void ARemovedBarrierIsARace()
    {
        int last = Reduction.LastIndexOf("    bar.sync 0;\n", StringComparison.Ordinal);
        string broken = Reduction.Remove(last, "    bar.sync 0;\n".Length);
        var fault = TestKernel.Fails(broken, threads: 128, module: Scratch, inputs: [Numbers]);
        Assert.Contains("a race", fault.Message, StringComparison.Ordinal);
        Assert.Contains("kernel 'test'", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Line > 10);
    }

    [Fact]
    public void WithoutDetectionTheRemovedBarrierGivesAWrongSumInSomeOrder()
    {
        string broken = Reduction.Replace("    st.shared.f32 [%r1], %f0;\n    bar.sync 0;\n", "    st.shared.f32 [%r1], %f0;\n", StringComparison.Ordinal);
        var options = new PtxMachineOptions { DetectRaces = false, DetectUninitialized = false };
        var sums = Enumerable.Range(0, 8).Select(seed => TestKernel.Single(TestKernel.Run(broken, 1, new Dim3(1), new Dim3(128), [Numbers], options with { Seed = seed }, Scratch)[0]));
        Assert.Contains(sums, sum => sum != 128f * 129 / 2);
    }

    [Fact]
    public void TwoThreadsThatWriteOneWordRace()
    {
        var fault = TestKernel.Fails("    mov.u32 %r0, %tid.x;\n    st.shared.u32 [scratch], %r0;", module: Scratch);
        Assert.Contains("thread (1, 0, 0) writes shared memory at 0, which thread 0 of the block wrote", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NarrowAccessesSideBySideDoNotRace()
    {
        TestKernel.Run("    mov.u32 %r0, %tid.x;\n    mov.u32 %r1, scratch;\n    add.u32 %r1, %r1, %r0;\n    st.shared.u8 [%r1], %r0;", 1, new Dim3(1), new Dim3(128), module: Scratch);
    }

    [Fact]
    public void ThreadsOfAWarpRaceWithoutAWarpBarrier()
    {
        const string Exchange = """
                mov.u32 %r0, %tid.x;
                mov.u32 %r1, scratch;
                shl.b32 %r2, %r0, 2;
                add.u32 %r2, %r1, %r2;
                xor.b32 %r3, %r2, 4;
                st.shared.u32 [%r2], %r0;
                bar.warp.sync 0xFFFFFFFF;
                ld.shared.u32 %r4, [%r3];
            """;
        TestKernel.Run(Exchange, 1, new Dim3(1), new Dim3(64), module: Scratch);
        var fault = TestKernel.Fails(Exchange.Replace("    bar.warp.sync 0xFFFFFFFF;\n", "", StringComparison.Ordinal), threads: 64, module: Scratch);
        Assert.Contains("reads shared memory", fault.Message, StringComparison.Ordinal);
        Assert.Contains("a race", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWarpBarrierDoesNotOrderWarps()
    {
        var fault = TestKernel.Fails("""
                mov.u32 %r0, %tid.x;
                mov.u32 %r1, scratch;
                shl.b32 %r2, %r0, 2;
                add.u32 %r2, %r1, %r2;
                xor.b32 %r3, %r2, 128;
                st.shared.u32 [%r2], %r0;
                bar.warp.sync 0xFFFFFFFF;
                ld.shared.u32 %r4, [%r3];
            """, threads: 64, module: Scratch, options: new PtxMachineOptions { DetectUninitialized = false });
        Assert.Contains("a race", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatNobodyWroteIsPoison()
    {
        var fault = TestKernel.Fails("    ld.shared.u32 %r0, [scratch+8];", module: Scratch);
        Assert.Contains("reads shared memory at 8, which no thread of the block has written", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EachBlockStartsWithPoison()
    {
        // The first block writes; the second would read what the first has left.
        var fault = TestKernel.Fails("""
                mov.u32 %r0, %ctaid.x;
                setp.eq.u32 %p0, %r0, 0;
                mov.u32 %r1, %tid.x;
                setp.eq.and.u32 %p1, %r1, 0, %p0;
                @%p1 st.shared.u32 [scratch], %r0;
                bar.sync 0;
                ld.shared.u32 %r2, [scratch];
            """, module: Scratch, blocks: 2);
        Assert.Contains("block (1, 0, 0)", fault.Message, StringComparison.Ordinal);
        Assert.Contains("no thread of the block has written", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ld.shared.u32 %r0, [scratch+512];", "reads 4 bytes of shared memory at 512; the block has 512 bytes of it")]
    [InlineData("ld.shared.u32 %r0, [scratch-4];", "reads 4 bytes of shared memory at -4")]
    [InlineData("mov.u32 %r0, 1; st.shared.u32 [scratch+2], %r0;", "which is not a multiple of 4")]
    [InlineData("ld.shared.v4.f32 {%f0, %f1, %f2, %f3}, [scratch+8];", "which is not a multiple of 16")]
    public void BoundsAndAlignment(string instruction, string expected)
    {
        var fault = TestKernel.Fails("    " + instruction, module: Scratch);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DynamicSharedMemoryFollowsTheStatic()
    {
        const string Body = """
                ld.param.u64 %q0, [p0];
                mov.u32 %r0, dynamic;
                st.global.u32 [%q0], %r0;
                mov.u32 %r1, 5;
                st.shared.u32 [dynamic+60], %r1;
            """;
        const string Module = ".shared .b8 fixed[40];\n.extern .shared .align 16 .b8 dynamic[];";
        uint[] values = TestKernel.Run(Body, 1, new Dim3(1), new Dim3(1), module: Module, dynamicBytes: 64);
        Assert.Equal(48u, values[0]);
        Assert.Contains("the block has 108 bytes", TestKernel.Fails(Body, threads: 1, module: Module, dynamicBytes: 60).Message, StringComparison.Ordinal);
    }
}
