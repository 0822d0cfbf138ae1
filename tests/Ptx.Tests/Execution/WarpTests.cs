namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Shuffles, votes, reductions and atomic operations.</summary>
public sealed class WarpTests
{
    private const string Start = """
            ld.param.u64 %q0, [p0];
            mov.u32 %r0, %tid.x;
            mul.wide.u32 %q1, %r0, 4;
            add.u64 %q1, %q0, %q1;
            mul.lo.u32 %r1, %r0, 10;

        """;

    private static uint[] Run(string body, int threads = 32, PtxMachineOptions? options = null) =>
        TestKernel.Run(Start + body, threads, new Dim3(1), new Dim3(threads), options: options);

    [Theory]
    [InlineData("bfly", 1, 0x1F)]
    [InlineData("bfly", 16, 0x1F)]
    [InlineData("down", 4, 0x1F)]
    [InlineData("down", 3, 0x181F)]
    [InlineData("up", 4, 0)]
    [InlineData("up", 1, 0x1800)]
    [InlineData("idx", 5, 0x1F)]
    [InlineData("idx", 2, 0x181F)]
    [InlineData("idx", 9, 0x1807)]
    public void Shuffles(string mode, int distance, int clamp)
    {
        uint[] values = Run($"""
                shfl.sync.{mode}.b32 %r2|%p0, %r1, {distance}, {clamp}, 0xFFFFFFFF;
                selp.u32 %r3, 1000, 0, %p0;
                add.u32 %r2, %r2, %r3;
                st.global.u32 [%q1], %r2;
            """);
        for (int lane = 0; lane < 32; lane++)
        {
            // The pseudo-code of the PTX ISA.
            int segments = clamp >> 8 & 31, most = (lane & segments) | (clamp & 31 & ~segments);
            int from = mode switch { "up" => lane - distance, "down" => lane + distance, "bfly" => lane ^ distance, _ => (lane & segments) | (distance & ~segments) };
            bool isInRange = mode == "up" ? from >= most : from <= most;
            Assert.Equal((uint)((isInRange ? from : lane) * 10) + (isInRange ? 1000u : 0), values[lane]);
        }
    }

    [Fact]
    public void ASumByShufflesIsTheSameInEveryLane()
    {
        uint[] values = Run(string.Concat(new[] { 16, 8, 4, 2, 1 }.Select(distance => $"    shfl.sync.bfly.b32 %r2, %r1, {distance}, 31, 0xFFFFFFFF;\n    add.u32 %r1, %r1, %r2;\n"))
            + "    st.global.u32 [%q1], %r1;");
        Assert.All(values, value => Assert.Equal(4960u, value));
    }

    [Fact]
    public void TheValueOfALaneThatIsNotHereCannotBeRead()
    {
        const string Half = """
                setp.ge.u32 %p0, %r0, 16;
                @%p0 bra DONE;
                shfl.sync.bfly.b32 %r2, %r1, DISTANCE, 31, 0x0000FFFF;
                st.global.u32 [%q1], %r2;
            DONE:
            """;
        Run(Half.Replace("DISTANCE", "8", StringComparison.Ordinal));
        var fault = TestKernel.Fails(Start + Half.Replace("DISTANCE", "16", StringComparison.Ordinal));
        Assert.Contains("reads %r2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryLaneThatTheMaskNamesHasToBeHere()
    {
        var missing = TestKernel.Fails(Start + "    setp.ge.u32 %p0, %r0, 16;\n    @%p0 shfl.sync.bfly.b32 %r2, %r1, 1, 31, 0xFFFFFFFF;");
        Assert.Contains("of which 0x0000FFFF have not exited", missing.Message, StringComparison.Ordinal);
        var outside = TestKernel.Fails(Start + "    shfl.sync.bfly.b32 %r2, %r1, 1, 31, 0x0000FFFF;");
        Assert.Contains("thread (16, 0, 0) is not in the mask", outside.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LanesThatExitedAreNotMissed()
    {
        uint[] values = TestKernel.Run(Start + """
                st.global.u32 [%q1], %r1;
                setp.ge.u32 %p0, %r0, 16;
                @%p0 exit;
                shfl.sync.bfly.b32 %r2, %r1, 1, 31, 0xFFFFFFFF;
                st.global.u32 [%q1], %r2;
            """, 32, new Dim3(1), new Dim3(32));
        Assert.Equal(Enumerable.Range(0, 32).Select(lane => (uint)(lane < 16 ? (lane ^ 1) * 10 : lane * 10)), values);
    }

    [Theory]
    [InlineData("vote.sync.ballot.b32 %r2, %p0, 0xFFFFFFFF", 0xFFFFFFF8)]
    [InlineData("vote.sync.ballot.b32 %r2, !%p0, 0xFFFFFFFF", 7)]
    [InlineData("vote.sync.any.pred %p1, %p0, 0xFFFFFFFF; selp.u32 %r2, 1, 0, %p1", 1)]
    [InlineData("vote.sync.all.pred %p1, %p0, 0xFFFFFFFF; selp.u32 %r2, 1, 0, %p1", 0)]
    [InlineData("vote.sync.uni.pred %p1, %p0, 0xFFFFFFFF; selp.u32 %r2, 1, 0, %p1", 0)]
    [InlineData("activemask.b32 %r2", 0xFFFFFFFF)]
    [InlineData("redux.sync.add.s32 %r2, %r1, 0xFFFFFFFF", 4960)]
    [InlineData("redux.sync.max.u32 %r2, %r1, 0xFFFFFFFF", 310)]
    [InlineData("redux.sync.min.s32 %r2, %r1, 0xFFFFFFFF", 0)]
    [InlineData("redux.sync.or.b32 %r2, %r0, 0xFFFFFFFF", 31)]
    [InlineData("redux.sync.xor.b32 %r2, %r0, 0xFFFFFFFF", 0)]
    public void Votes(string instruction, uint expected) =>
        Assert.All(Run($"    setp.ge.u32 %p0, %r0, 3;\n    {instruction};\n    st.global.u32 [%q1], %r2;"), value => Assert.Equal(expected, value));

    [Theory]
    [InlineData("add.u32", 1u, 64 * 65 / 2)]
    [InlineData("max.u32", 1u, 64)]
    [InlineData("min.s32", 1u, 0)]
    [InlineData("or.b32", 1u, 127)]
    [InlineData("xor.b32", 1u, 64)]
    public void AtomicOperationsCountEveryThread(string operation, uint factor, uint expected)
    {
        uint[] values = TestKernel.Run($"""
                ld.param.u64 %q0, [p0];
                ld.param.u64 %q1, [p1];
                mov.u32 %r0, %tid.x;
                mad.lo.u32 %r0, %r0, {factor}, 1;
                red.global.{operation} [%q1], %r0;
                bar.sync 0;
                setp.ne.u32 %p0, %r0, 1;
                @%p0 exit;
                ld.global.u32 %r1, [%q1];
                st.global.u32 [%q0], %r1;
            """, 1, new Dim3(1), new Dim3(64), [[0]]);
        Assert.Equal(expected, values[0]);
    }

    [Fact]
    public void AtomicOperationsApplyInAnOrderThatTheSeedDecides()
    {
        // Each thread draws a ticket.
        const string Tickets = "    atom.global.add.u32 %r2, [%q0], 1;\n    bar.sync 0;\n    st.global.u32 [%q1+128], %r2;";
        var orders = Enumerable.Range(0, 4).Select(seed =>
        {
            using var machine = new PtxMachine(new PtxMachineOptions { Seed = seed });
            ulong address = machine.Memory.Allocate(256);
            machine.Memory.Write(address, new byte[4]);
            machine.Launch(PtxModule.Parse(TestKernel.Text(Start + Tickets)), "test", new Dim3(1), new Dim3(32), 0, TestKernel.Parameters(address));
            return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(machine.Memory.Span(address + 128, 128)).ToArray();
        }).ToArray();
        Assert.All(orders, order => Assert.Equal(Enumerable.Range(0, 32).Select(ticket => (uint)ticket), order.Order()));
        Assert.NotEqual(orders[0], orders[1]);
    }

    [Fact]
    public void CompareAndSwapLetsOneThreadWin()
    {
        uint[] values = TestKernel.Run("""
                ld.param.u64 %q0, [p0];
                mov.u32 %r0, %tid.x;
                setp.eq.u32 %p0, %r0, 0;
                mov.u32 %r1, 0;
                @%p0 st.shared.u32 [lock], %r1;
                bar.sync 0;
                add.u32 %r2, %r0, 1;
                atom.shared.cas.b32 %r3, [lock], 0, %r2;
                setp.ne.u32 %p1, %r3, 0;
                @%p1 bra DONE;
                st.global.u32 [%q0], %r2;
            DONE:
                bar.sync 0;
                ld.shared.u32 %r4, [lock];
                @%p0 st.global.u32 [%q0+4], %r4;
            """, 2, new Dim3(1), new Dim3(96), module: ".shared .u32 lock;");
        Assert.InRange(values[0], 1u, 96u);
        Assert.Equal(values[0], values[1]);
    }
}
