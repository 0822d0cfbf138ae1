namespace Transformer.Compiled.Ptx.Tests;

/// <summary>What a launch is counted to have done.</summary>
public sealed class LaunchTraceTests
{
    private static LaunchTrace Trace(string body, int threads = 32, int blocks = 1, PtxMachineOptions? options = null)
    {
        using var machine = new PtxMachine(options ?? new PtxMachineOptions { DetectRaces = false, DetectUninitialized = false });
        ulong address = machine.Memory.Allocate(1 << 16);
        string text = TestKernel.Text("    ld.param.u64 %q0, [p0];\n    mov.u32 %r0, %tid.x;\n    mov.u32 %r9, tile;\n" + body, module: ".shared .align 128 .b8 tile[16384];");
        machine.Launch(PtxModule.Parse(text), "test", new Dim3(blocks), new Dim3(threads), 0, TestKernel.Parameters(address));
        return machine.LastLaunch;
    }

    [Fact]
    public void InstructionsBarriersAndThreadsAreCounted()
    {
        var trace = Trace("""
                mov.u32 %r1, 0;
            LOOP:
                add.u32 %r1, %r1, 1;
                bar.sync 0;
                setp.lt.u32 %p0, %r1, 3;
                @%p0 bra LOOP;
                setp.lt.u32 %p1, %r0, 8;
                @%p1 add.u32 %r2, %r1, 1;
            """, threads: 48, blocks: 2);
        Assert.Equal(("test", new Dim3(2), new Dim3(48)), (trace.Kernel, trace.Grid, trace.Block));
        Assert.Equal(6, trace.Barriers);
        Assert.Equal(12 + 4, trace.ByName["add.u32"]);
        Assert.Equal(12, trace.ByOpcode["bar"]);
        Assert.Equal(16, trace.ByOpcode["setp"]);
        var guarded = trace.Instructions.Single(instruction => instruction.Instruction.Text.StartsWith("add.u32 %r2", StringComparison.Ordinal));
        Assert.Equal((4, 2 * 8), (guarded.WarpCount, guarded.LaneCount));
        Assert.Equal(trace.LaneInstructions, trace.Instructions.Sum(instruction => instruction.LaneCount));
        Assert.Equal(3L * 96, trace.Instructions.Single(instruction => instruction.Instruction.Opcode == "bar").LaneCount);
    }

    [Theory]
    [InlineData("4", "0", 4, 1)] // side by side
    [InlineData("4", "4", 5, 2)] // side by side, not aligned
    [InlineData("8", "0", 8, 2)] // every other
    [InlineData("32", "0", 32, 8)]
    [InlineData("128", "0", 32, 32)]
    [InlineData("0", "0", 1, 1)] // all the same
    public void SectorsAndTransactionsOfDeviceMemory(string stride, string offset, int sectors, int transactions)
    {
        var trace = Trace($"    mul.wide.u32 %q1, %r0, {stride};\n    add.u64 %q1, %q0, %q1;\n    ld.global.f32 %f0, [%q1+{offset}];");
        Assert.Equal((1, sectors, transactions), (trace.GlobalRequests, trace.GlobalSectors, trace.GlobalTransactions));
    }

    [Fact]
    public void VectorsOfDeviceMemoryAreCoalesced()
    {
        var trace = Trace("    mul.wide.u32 %q1, %r0, 16;\n    add.u64 %q1, %q0, %q1;\n    ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%q1];\n    st.global.v4.f32 [%q1], {%f0, %f1, %f2, %f3};");
        Assert.Equal((2, 32, 8), (trace.GlobalRequests, trace.GlobalSectors, trace.GlobalTransactions));
    }

    [Theory]
    [InlineData("f32 %f0", 4, 0, 1)]
    [InlineData("f32 %f0", 8, 1, 2)]
    [InlineData("f32 %f0", 128, 31, 32)] // a column of 32 words
    [InlineData("f32 %f0", 132, 0, 1)] // padded
    [InlineData("f32 %f0", 0, 0, 1)] // a broadcast
    [InlineData("v2.f32 {%f0, %f1}", 8, 0, 2)]
    [InlineData("v4.f32 {%f0, %f1, %f2, %f3}", 16, 0, 4)]
    [InlineData("v4.f32 {%f0, %f1, %f2, %f3}", 32, 4, 8)]
    [InlineData("u8 %r3", 1, 0, 1)]
    public void BankConflictsOfSharedMemory(string load, int stride, int conflicts, int passes)
    {
        var trace = Trace($"    mad.lo.u32 %r1, %r0, {stride}, %r9;\n    ld.shared.{load}, [%r1];");
        var instruction = trace.Instructions.Single(candidate => candidate.Instruction.Name.StartsWith("ld.shared", StringComparison.Ordinal));
        Assert.Equal((conflicts, passes), (instruction.BankConflicts, instruction.SharedWavefronts));
        Assert.Equal(conflicts, trace.BankConflicts);
    }

    [Theory]
    [InlineData(16, 0)] // rows of 16 bytes, one after the other
    [InlineData(64, 3 * 4)] // rows of 64 bytes: 8 rows on two groups of banks
    [InlineData(80, 0)] // padded by 16 bytes
    public void BankConflictsOfMatrices(int rowBytes, int conflicts) => Assert.Equal(
        conflicts, Trace($"    mad.lo.u32 %r1, %r0, {rowBytes}, %r9;\n    ldmatrix.sync.aligned.m8n8.x4.shared.b16 {{%r2, %r3, %r4, %r5}}, [%r1];").BankConflicts);

    [Fact]
    public void CountingCanBeSwitchedOff()
    {
        var trace = Trace("    ld.global.f32 %f0, [%q0];", options: new PtxMachineOptions { TraceMemory = false });
        Assert.Equal(0, trace.GlobalSectors);
        Assert.True(trace.WarpInstructions > 0);
    }

    [Fact]
    public void RegistersThatAreHeldAtOnce()
    {
        using var machine = new PtxMachine();
        var module = PtxModule.Parse(TestKernel.Text("""
                ld.param.u64 %q0, [p0];
                ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%q0];
                add.f32 %f4, %f0, %f1;
                add.f32 %f5, %f2, %f3;
                setp.lt.f32 %p0, %f4, %f5;
                @%p0 add.f32 %f4, %f4, %f5;
                st.global.f32 [%q0], %f4;
            """));
        // The address, and four numbers.
        Assert.Equal((6, 1), (machine.EstimateRegisters(module, "test").Words, machine.EstimateRegisters(module, "test").Predicates));
    }

    [Fact]
    public void RegistersOfALoopAreHeldAroundIt()
    {
        using var machine = new PtxMachine();
        var module = PtxModule.Parse(TestKernel.Text("""
                ld.param.u64 %q0, [p0];
                mov.u32 %r0, 0;
                mov.f32 %f0, 0f00000000;
            LOOP:
                ld.global.f32 %f1, [%q0];
                add.f32 %f0, %f0, %f1;
                add.u32 %r0, %r0, 1;
                setp.lt.u32 %p0, %r0, 8;
                @%p0 bra LOOP;
                st.global.f32 [%q0+4], %f0;
            """));
        Assert.Equal(5, machine.EstimateRegisters(module, "test").Words);
    }
}
