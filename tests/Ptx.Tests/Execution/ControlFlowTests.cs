namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Divergence, reconvergence, loops, exits, barriers.</summary>
public sealed class ControlFlowTests
{
    private const string Start = """
            ld.param.u64 %q0, [p0];
            mov.u32 %r0, %tid.x;
            mul.wide.u32 %q1, %r0, 4;
            add.u64 %q1, %q0, %q1;
        """;

    private static uint[] Run(string body, int threads = 32) => TestKernel.Run(Start + "\n" + body, threads, new Dim3(1), new Dim3(threads));

    [Fact]
    public void BothSidesOfABranchRunAndMeet()
    {
        uint[] values = Run("""
                and.b32 %r1, %r0, 1;
                setp.eq.s32 %p0, %r1, 0;
                @%p0 bra EVEN;
                add.u32 %r2, %r0, 100;
                bra.uni JOIN;
            EVEN:
                add.u32 %r2, %r0, 200;
            JOIN:
                st.global.u32 [%q1], %r2;
            """);
        Assert.Equal(Enumerable.Range(0, 32).Select(lane => (uint)(lane + (lane % 2 == 0 ? 200 : 100))), values);
    }

    [Fact]
    public void LanesLeaveALoopOneByOne()
    {
        uint[] values = Run("""
                mov.u32 %r2, 0;
                mov.u32 %r3, 0;
            LOOP:
                add.u32 %r2, %r2, %r3;
                add.u32 %r3, %r3, 1;
                setp.le.u32 %p0, %r3, %r0;
                @%p0 bra LOOP;
                st.global.u32 [%q1], %r2;
            """);
        Assert.Equal(Enumerable.Range(0, 32).Select(lane => (uint)(lane * (lane + 1) / 2)), values);
    }

    [Fact]
    public void NestedBranchesInALoopMeetAgain()
    {
        // Collatz: the lengths of sequences, which differ from lane to lane.
        uint[] values = Run("""
                add.u32 %r2, %r0, 1;
                mov.u32 %r3, 0;
            LOOP:
                setp.eq.u32 %p0, %r2, 1;
                @%p0 bra DONE;
                and.b32 %r4, %r2, 1;
                setp.eq.u32 %p1, %r4, 0;
                @%p1 bra EVEN;
                mad.lo.u32 %r2, %r2, 3, 1;
                bra NEXT;
            EVEN:
                shr.u32 %r2, %r2, 1;
            NEXT:
                add.u32 %r3, %r3, 1;
                bra LOOP;
            DONE:
                bar.sync 0;
                st.global.u32 [%q1], %r3;
            """);
        Assert.Equal(Enumerable.Range(1, 32).Select(Collatz), values);
    }

    private static uint Collatz(int number)
    {
        uint steps = 0;
        for (; number != 1; number = number % 2 == 0 ? number / 2 : (3 * number) + 1) steps++;
        return steps;
    }

    [Fact]
    public void ExitedThreadsAreNotMissedAtABarrier()
    {
        uint[] values = TestKernel.Run("""
                ld.param.u64 %q0, [p0];
                mov.u32 %r0, %tid.x;
                mul.wide.u32 %q1, %r0, 4;
                add.u64 %q1, %q0, %q1;
                mov.u32 %r1, 1;
                st.global.u32 [%q1], %r1;
                setp.ge.u32 %p0, %r0, 40;
                @%p0 exit;
                bar.sync 0;
                mov.u32 %r1, 2;
                st.global.u32 [%q1], %r1;
            """, 96, new Dim3(1), new Dim3(96));
        Assert.Equal(Enumerable.Range(0, 96).Select(thread => thread < 40 ? 2u : 1u), values);
    }

    [Fact]
    public void AnEarlyReturnBehindABranchIsNotMissedEither()
    {
        // Whichever side of the branch runs first, those that leave have left before the barrier counts.
        foreach (string relation in new[] { "lt", "ge" })
        {
            uint[] values = Run($"""
                    setp.{relation}.u32 %p0, %r0, 20;
                    mov.u32 %r1, 7;
                    st.global.u32 [%q1], %r1;
                    @%p0 bra LEAVE;
                    bar.sync 0;
                    mov.u32 %r1, 8;
                    st.global.u32 [%q1], %r1;
                    ret;
                LEAVE:
                    ret;
                """);
            Assert.Equal(Enumerable.Range(0, 32).Select(lane => lane < 20 == (relation == "lt") ? 7u : 8u), values);
        }
    }

    [Fact]
    public void ABarrierThatPartOfAWarpReachesIsAFault()
    {
        var fault = TestKernel.Fails(Start + """

                setp.lt.u32 %p0, %r0, 16;
                @%p0 bra SKIP;
                bar.sync 0;
            SKIP:
                st.global.u32 [%q1], %r0;
            """);
        Assert.Contains("bar.sync 0", fault.Message, StringComparison.Ordinal);
        Assert.Contains("reaches a barrier with 16 of the 32 threads", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABarrierThatOneWarpDoesNotReachIsAFault()
    {
        var fault = TestKernel.Fails(Start + """

                setp.lt.u32 %p0, %r0, 32;
                @%p0 bra OTHER;
                bar.sync 0;
                bra JOIN;
            OTHER:
                bar.sync 0;
            JOIN:
                st.global.u32 [%q1], %r0;
            """, threads: 64);
        Assert.Contains("not all threads of the block reach the same barrier", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEndlessLoopIsAFault()
    {
        var fault = TestKernel.Fails("HERE:\n    bra HERE;", options: new PtxMachineOptions { MaximumInstructions = 1000 });
        Assert.Contains("an endless loop?", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SpecialRegistersNameTheThread()
    {
        uint[] values = TestKernel.Run("""
                ld.param.u64 %q0, [p0];
                mov.u32 %r0, %ctaid.y;
                mov.u32 %r1, %nctaid.x;
                mov.u32 %r2, %ctaid.x;
                mad.lo.u32 %r3, %r0, %r1, %r2;
                mov.u32 %r4, %ntid.x;
                mov.u32 %r5, %ntid.y;
                mul.lo.u32 %r6, %r4, %r5;
                mov.u32 %r7, %tid.y;
                mov.u32 %r8, %tid.x;
                mad.lo.u32 %r9, %r7, %r4, %r8;
                mad.lo.u32 %r10, %r3, %r6, %r9;
                mul.wide.u32 %q1, %r10, 4;
                add.u64 %q1, %q0, %q1;
                mov.u32 %r11, %laneid;
                mov.u32 %r12, %warpid;
                mad.lo.u32 %r13, %r12, 1000, %r11;
                st.global.u32 [%q1], %r13;
            """, 6 * 48, new Dim3(2, 3, 1), new Dim3(12, 4, 1));
        Assert.Equal(Enumerable.Range(0, 6 * 48).Select(index => (uint)((index % 48 / 32 * 1000) + (index % 48 % 32))), values);
    }
}
