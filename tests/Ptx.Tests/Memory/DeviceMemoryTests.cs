namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Device memory: regions, bounds, alignment, poison, races between threads and blocks.</summary>
public sealed class DeviceMemoryTests
{
    private const string OwnElement = """
            ld.param.u64 %q0, [p0];
            mov.u32 %r0, %tid.x;
            mul.wide.u32 %q1, %r0, 4;
            add.u64 %q1, %q0, %q1;
        """;

    [Fact]
    public void RegionsAreAlignedAndApart()
    {
        using var machine = new PtxMachine();
        ulong first = machine.Memory.Allocate(10), second = machine.Memory.Allocate(10, 4096);
        Assert.Equal(0ul, first % 256);
        Assert.Equal(0ul, second % 4096);
        Assert.True(second - first > 256);
        Assert.Equal(20, machine.Memory.AllocatedBytes);
        byte[] bytes = new byte[10];
        machine.Memory.Read(first, bytes);
        Assert.All(bytes, value => Assert.Equal(0xFF, value));
        machine.Memory.Write(first + 2, [1, 2, 3]);
        machine.Memory.Read(first, bytes);
        Assert.Equal([0xFF, 0xFF, 1, 2, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], bytes);
        machine.Memory.Free(first);
        Assert.Equal(10, machine.Memory.AllocatedBytes);
        Assert.Contains("was freed", Assert.Throws<PtxException>(() => machine.Memory.Read(first, bytes)).Message, StringComparison.Ordinal);
        Assert.Throws<PtxException>(() => machine.Memory.Free(second + 1));
        Assert.Throws<PtxException>(() => machine.Memory.Write(second + 8, [1, 2, 3]));
    }

    [Fact]
    public void AnAccessBeyondTheEndNamesKernelLineThreadAndAddress()
    {
        using var machine = new PtxMachine();
        ulong address = machine.Memory.Allocate(31 * 4);
        var module = PtxModule.Parse(TestKernel.Text(OwnElement + "\n    st.global.u32 [%q1], %r0;"));
        var fault = Assert.Throws<PtxException>(() => machine.Launch(module, "test", new Dim3(1), new Dim3(32), 0, TestKernel.Parameters(address)));
        Assert.Contains("kernel 'test', block (0, 0, 0), 'st.global.u32 [%q1], %r0': thread (31, 0, 0) writes 4 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"0x{address + 124:X}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("124 bytes from the start of a region of 124 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Equal(module.Entry("test").Instructions.Single(instruction => instruction.Opcode == "st").Line, fault.Line);
    }

    [Theory]
    [InlineData("ld.global.u32 %r1, [%q0+2];", "which is not a multiple of 4")]
    [InlineData("ld.global.v2.u32 {%r1, %r2}, [%q0+4];", "which is not a multiple of 8")]
    [InlineData("ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%q0+8];", "which is not a multiple of 16")]
    [InlineData("ld.global.u64 %q2, [%q0+252];", "which is not a multiple of 8")]
    [InlineData("ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%q0+256];", "are not inside of one region")]
    [InlineData("ld.global.u32 %r1, [%q0-4];", "are not inside of one region")]
    [InlineData("ld.global.u32 %r1, [0];", "are not inside of one region")]
    public void BoundsAndAlignment(string instruction, string expected) =>
        Assert.Contains(expected, TestKernel.Fails(OwnElement + "\n    " + instruction).Message, StringComparison.Ordinal);

    [Fact]
    public void ARegionThatWasFreedCannotBeReached()
    {
        using var machine = new PtxMachine();
        ulong address = machine.Memory.Allocate(256);
        var module = PtxModule.Parse(TestKernel.Text(OwnElement + "\n    st.global.u32 [%q1], %r0;"));
        machine.Launch(module, "test", new Dim3(1), new Dim3(32), 0, TestKernel.Parameters(address));
        machine.Memory.Free(address);
        var fault = Assert.Throws<PtxException>(() => machine.Launch(module, "test", new Dim3(1), new Dim3(32), 0, TestKernel.Parameters(address)));
        Assert.Contains("that was freed", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RegistersThatNobodyWroteAreFaults()
    {
        Assert.Contains("reads %r5, which the thread has not written", TestKernel.Fails("    add.u32 %r1, %r5, 1;").Message, StringComparison.Ordinal);
        Assert.Contains("depends on the predicate %p3", TestKernel.Fails("    @%p3 add.u32 %r1, 5, 1;").Message, StringComparison.Ordinal);
        var partly = TestKernel.Fails(OwnElement + "\n    setp.lt.u32 %p0, %r0, 9;\n    @%p0 mov.u32 %r5, 1;\n    add.u32 %r1, %r5, 1;");
        Assert.Contains("thread (9, 0, 0) reads %r5", partly.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BlocksThatWriteOneWordRace()
    {
        var fault = TestKernel.Fails(OwnElement + "\n    st.global.u32 [%q1], %r0;", blocks: 2);
        Assert.Contains("a race", fault.Message, StringComparison.Ordinal);
        Assert.Contains("of block number", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadingWhatAnotherThreadWroteNeedsABarrier()
    {
        const string Neighbour = "\n    st.global.u32 [%q1], %r0;\n    bar.sync 0;\n    xor.b32 %r1, %r0, 32;\n    mul.wide.u32 %q2, %r1, 4;\n    add.u64 %q2, %q0, %q2;\n    ld.global.u32 %r2, [%q2];";
        TestKernel.Run(OwnElement + Neighbour, 64, new Dim3(1), new Dim3(64));
        var fault = TestKernel.Fails(OwnElement + Neighbour.Replace("    bar.sync 0;\n", "", StringComparison.Ordinal), threads: 64);
        Assert.Contains("a race", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("st.global.u32 [%q1], %r0; ld.global.nc.u32 %r1, [%q1];", "reads device memory 0 bytes into its region as read-only (.nc), which the kernel wrote")]
    [InlineData("ld.global.nc.u32 %r1, [%q1]; st.global.u32 [%q1], %r0;", "which the kernel reads as read-only (.nc)")]
    public void WhatIsReadAsReadOnlyCannotBeWritten(string instructions, string expected) =>
        Assert.Contains(expected, TestKernel.Fails(OwnElement + "\n    " + instructions).Message, StringComparison.Ordinal);

    [Fact]
    public void LaunchesAreOrdered()
    {
        using var machine = new PtxMachine();
        ulong address = machine.Memory.Allocate(256);
        var module = PtxModule.Parse(TestKernel.Text(OwnElement + "\n    st.global.u32 [%q1], %r0;"));
        for (int launch = 0; launch < 2; launch++) machine.Launch(module, "test", new Dim3(1), new Dim3(32), 0, TestKernel.Parameters(address));
    }

    [Fact]
    public void VariablesOfAModuleHoldTheirValues()
    {
        const string Module = ".global .align 4 .u32 table[4] = {10, 20, 30};\n.const .f32 half = 0f3F000000;";
        uint[] values = TestKernel.Run("""
                ld.param.u64 %q0, [p0];
                mov.u64 %q1, table;
                ld.global.u32 %r0, [%q1+4];
                ld.global.u32 %r1, [table+12];
                ld.const.f32 %f0, [half];
                st.global.v2.u32 [%q0], {%r0, %r1};
                st.global.f32 [%q0+8], %f0;
            """, 3, new Dim3(1), new Dim3(1), module: Module);
        Assert.Equal([20u, 0u, TestKernel.Bits(0.5f)], values);
    }

    [Fact]
    public void GenericAddressesReachBothSpaces()
    {
        uint[] values = TestKernel.Run("""
                ld.param.u64 %q0, [p0];
                mov.u64 %q1, word;
                cvta.shared.u64 %q2, %q1;
                mov.u32 %r0, 77;
                st.u32 [%q2], %r0;
                ld.shared.u32 %r1, [word];
                cvta.to.shared.u64 %q3, %q2;
                ld.shared.u32 %r2, [%q3];
                cvta.to.global.u64 %q4, %q0;
                st.u32 [%q4], %r1;
                st.global.u32 [%q0+4], %r2;
            """, 2, new Dim3(1), new Dim3(1), module: ".shared .u32 word;");
        Assert.Equal([77u, 77u], values);
    }

    [Fact]
    public void NarrowLoadsAndStoresExtendAndTruncate()
    {
        uint[] values = TestKernel.Run("""
                ld.param.u64 %q0, [p0];
                ld.param.u64 %q1, [p1];
                ld.global.u8 %r0, [%q1];
                ld.global.s8 %r1, [%q1];
                ld.global.u16 %r2, [%q1+2];
                ld.global.s16 %q2, [%q1+2];
                cvt.u32.u64 %r3, %q2;
                st.global.v4.u32 [%q0], {%r0, %r1, %r2, %r3};
                mov.u32 %r4, 0;
                st.global.u32 [%q0+16], %r4;
                st.global.u8 [%q0+17], %r1;
                ld.global.u16 %h0, [%q1+2];
                st.global.u16 [%q0+18], %h0;
            """, 5, new Dim3(1), new Dim3(1), [[0x8001_00FEu]]);
        Assert.Equal([0xFEu, 0xFFFFFFFEu, 0x8001u, 0xFFFF8001u, 0x8001FE00u], values);
    }
}
