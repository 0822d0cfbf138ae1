using Transformer.Compiled.Threading;

namespace Runtime.Tests.Threading;

/// <summary>Every task runs exactly once, whatever the timing; failures, sharing and disposal behave.</summary>
public sealed unsafe class ComputeTeamTests
{
    [Theory]
    [InlineData(1, ThreadPinning.None)]
    [InlineData(2, ThreadPinning.None)]
    [InlineData(3, ThreadPinning.Pinned)]
    [InlineData(5, ThreadPinning.None)]
    public void Every_task_runs_once(int threads, ThreadPinning pinning)
    {
        using ComputeTeam team = new(threads, pinning);
        int* counts = stackalloc int[64];
        for (int run = 0; run < 2000; run++)
        {
            int tasks = run % 65;
            new Span<int>(counts, 64).Clear();
            team.Run(&Count, counts, tasks);
            for (int task = 0; task < 64; task++) Assert.Equal(task < tasks ? 1 : 0, counts[task]);
        }
    }

    [Fact]
    public void Workers_that_parked_are_woken()
    {
        using ComputeTeam team = new(3);
        int* counts = stackalloc int[64];
        for (int run = 0; run < 20; run++)
        {
            Thread.Sleep(5);
            new Span<int>(counts, 64).Clear();
            team.Run(&CountSlowly, counts, 64);
            for (int task = 0; task < 64; task++) Assert.Equal(1, counts[task]);
        }
    }

    [Fact]
    public void Scratch_is_a_threads_own_and_aligned()
    {
        using ComputeTeam team = new(3);
        int failures = 0;
        for (int run = 0; run < 200; run++) team.Run(&FillScratch, &failures, 12);
        Assert.Equal(0, failures);
    }

    /// <summary>
    /// Whatever allocates in each run shows in every round; what the platform allocates when a thread first has to park shows in one.
    /// </summary>
    [Fact]
    public void Runs_allocate_nothing()
    {
        const int Rounds = 8;
        using ComputeTeam team = new(2);
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long byTasks = 0, before = GC.GetAllocatedBytesForCurrentThread();
            for (int run = 0; run < 500; run++) team.Run(&AddAllocations, &byTasks, 64);
            least = Math.Min(least, byTasks + GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void Callers_take_turns()
    {
        using ComputeTeam team = new(2);
        long total = 0;
        Thread[] callers = new Thread[4];
        for (int caller = 0; caller < callers.Length; caller++)
        {
            callers[caller] = new Thread(() =>
            {
                int sum = 0;
                for (int run = 0; run < 500; run++) team.Run(&AddOne, &sum, 8);
                Interlocked.Add(ref total, sum);
            });
            callers[caller].Start();
        }
        foreach (Thread caller in callers) caller.Join();
        Assert.Equal(4 * 500 * 8, total);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_failing_task_fails_the_run_and_leaves_the_team_usable(int threads)
    {
        using ComputeTeam team = new(threads);
        Assert.Throws<FormatException>(() => team.Run(&Fail, null, 16));
        int sum = 0;
        team.Run(&AddOne, &sum, 16);
        Assert.Equal(16, sum);
    }

    [Fact]
    public void A_task_cannot_use_its_own_team()
    {
        ComputeTeam team = new(1);
        System.Runtime.InteropServices.GCHandle handle = System.Runtime.InteropServices.GCHandle.Alloc(team);
        try
        {
            Assert.Throws<InvalidOperationException>(() => team.Run(&Nest, (void*)(nint)handle, 1));
        }
        finally
        {
            handle.Free();
            team.Dispose();
        }
    }

    [Fact]
    public void A_disposed_team_refuses_work()
    {
        ComputeTeam team = new(3);
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(&Fail, null, 2));
    }

    [Fact]
    public void The_shared_team_cannot_be_disposed_of()
    {
        Assert.Equal(Environment.ProcessorCount, ComputeTeam.Shared.Threads);
        Assert.Throws<InvalidOperationException>(ComputeTeam.Shared.Dispose);
    }

    [Fact]
    public void A_team_has_at_least_one_thread() => Assert.Throws<ArgumentOutOfRangeException>(() => new ComputeTeam(0));

    private static void Count(void* counts, int task, float* scratch) => Interlocked.Increment(ref ((int*)counts)[task]);

    private static void CountSlowly(void* counts, int task, float* scratch)
    {
        Thread.SpinWait(200);
        Interlocked.Increment(ref ((int*)counts)[task]);
    }

    private static void AddOne(void* sum, int task, float* scratch) => Interlocked.Increment(ref *(int*)sum);

    private static void Fail(void* context, int task, float* scratch)
    {
        if (task == 7) throw new FormatException();
    }

    private static void Nest(void* handle, int task, float* scratch)
    {
        ComputeTeam team = (ComputeTeam)System.Runtime.InteropServices.GCHandle.FromIntPtr((nint)handle).Target!;
        team.Run(&Fail, null, 1);
    }

    /// <summary>Adds what the thread has allocated since its last task, which it remembers in its scratch.</summary>
    private static void AddAllocations(void* allocated, int task, float* scratch)
    {
        const long IsRemembered = 0x5EED_5EED_5EED_5EED;
        long* memory = (long*)scratch;
        long now = GC.GetAllocatedBytesForCurrentThread();
        if (memory[0] == IsRemembered) Interlocked.Add(ref *(long*)allocated, now - memory[1]);
        memory[0] = IsRemembered;
        memory[1] = now;
        Thread.SpinWait(20);
    }

    private static void FillScratch(void* failures, int task, float* scratch)
    {
        Span<float> floats = new(scratch, ComputeTeam.ScratchFloats);
        floats.Fill(task);
        bool isOwn = floats.IndexOfAnyExcept(task) < 0 && (nint)scratch % 64 == 0;
        if (!isOwn) Interlocked.Increment(ref *(int*)failures);
    }
}
