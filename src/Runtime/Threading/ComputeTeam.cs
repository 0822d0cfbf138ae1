using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Transformer.Compiled.Threading;

// How a run works. The caller publishes a ticket: a 64-bit word with the run's generation above and the number of unclaimed
// tasks below. Whoever finds unclaimed tasks, caller or worker, claims one by compare-and-swap. The run is over when all
// tasks are done, not when all workers have turned up: a worker that the system has not scheduled in time claims nothing,
// and its late compare-and-swap fails on the generation, so it can neither delay a run nor disturb the next one.
// The fields of a run are written before its ticket and stay until its last task is done; a successful claim therefore
// proves that what was read after the ticket belongs to it.
// Waiting (a worker for a run, the caller for claimed tasks) first spins, gives its processor up now and then in case the
// system has put both threads on the same one, and then parks.

/// <summary>
/// A group of threads that kernels split their tiles over. Tiles do not depend on the number of threads, so results are
/// bitwise equal for any team. The caller works too. Several threads may share a team; their runs follow one another.
/// </summary>
public sealed unsafe class ComputeTeam : IDisposable
{
    /// <summary>Floats of 64-byte-aligned scratch that each worker hands to the tasks it runs.</summary>
    internal const int ScratchFloats = 256 * 1024;

    private const int SpinRounds = 40;
    private const int PausesPerRound = 50;

    private static readonly Lazy<ComputeTeam> LazyShared = new(() => new ComputeTeam(Environment.ProcessorCount));

    [ThreadStatic]
    private static bool _hasWaited;

    private readonly Lock _turn = new();
    private readonly float* _scratch;
    private readonly Worker[] _workers;
    private readonly TeamPlacement _placement;
    private readonly Gate _callerGate = new();
    private volatile bool _isDisposed;

    // One run.
    private delegate*<void*, int, float*, void> _job;
    private void* _context;
    private int _tasks;
    private Exception? _failure;
    private Counters _counters;

    /// <summary>A team of <paramref name="threads"/> threads, the caller included, each with 1 MiB of scratch.</summary>
    /// <param name="threads">At least 1, which starts no thread; more than there are processors makes it slower.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is not positive.</exception>
    public ComputeTeam(int threads)
        : this(threads, ThreadPinning.None)
    {
    }

    /// <summary>A team of <paramref name="threads"/> threads, the caller included, whose workers may be bound to processors.</summary>
    /// <param name="threads">At least 1, which starts no thread; more than there are processors makes it slower.</param>
    /// <param name="pinning">Whether each worker stays on a processor of its own.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is not positive.</exception>
    public ComputeTeam(int threads, ThreadPinning pinning)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
        _scratch = (float*)NativeMemory.AlignedAlloc((nuint)threads * ScratchFloats * sizeof(float), 64);
        _placement = new TeamPlacement(threads, pinning);
        _workers = new Worker[threads - 1];
        for (int index = 0; index < _workers.Length; index++) _workers[index] = new Worker(this, index + 1);
    }

    /// <summary>The team that is used where none is given: one thread for each processor. It lives as long as the process.</summary>
    public static ComputeTeam Shared => LazyShared.Value;

    /// <summary>The number of threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs tasks 0 … tasks − 1, each once, in any order on any thread, and returns when all are done.</summary>
    /// <param name="job">Called as (context, task, scratch); scratch is <see cref="ScratchFloats"/> floats of the thread's own.</param>
    /// <param name="context">Handed to every call.</param>
    /// <param name="tasks">The number of tasks; one task, or any on a team of one, runs on the caller without waking anyone.</param>
    /// <exception cref="InvalidOperationException">Called from within a task of this team.</exception>
    /// <exception cref="ObjectDisposedException">The team was disposed of.</exception>
    internal void Run(delegate*<void*, int, float*, void> job, void* context, int tasks)
    {
        if (tasks <= 1 || _workers.Length == 0)
        {
            RunOnCaller(job, context, tasks);
            return;
        }

        Enter();
        try
        {
            PrepareToWait(_callerGate);
            _placement.Note(0);
            _job = job;
            _context = context;
            _tasks = tasks;
            _counters.Done = 0;
            long generation = (_counters.Ticket >> 32) + 1;
            Interlocked.Exchange(ref _counters.Ticket, (generation << 32) | (uint)tasks);
            int helpers = Math.Min(_workers.Length, tasks - 1);
            for (int index = 0; index < helpers; index++) _workers[index].Gate.Open();

            RunClaimedTasks(_scratch);
            AwaitDone();
            ThrowFailure();
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>The platform allocates when a thread waits for the first time: let that be on its first run, not whenever it first parks.</summary>
    private static void PrepareToWait(Gate gate)
    {
        if (_hasWaited) return;
        gate.PassOpened();
        _hasWaited = true;
    }

    /// <summary>As <see cref="Run"/>, in order on the caller alone: for work below a few microseconds.</summary>
    internal void RunOnCaller(delegate*<void*, int, float*, void> job, void* context, int tasks)
    {
        Enter();
        try
        {
            for (int task = 0; task < tasks; task++) job(context, task, _scratch);
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>Ends the workers, after the run in progress if there is one. A second call does nothing.</summary>
    /// <exception cref="InvalidOperationException">This is <see cref="Shared"/>, or called from within a task of this team.</exception>
    public void Dispose()
    {
        if (LazyShared.IsValueCreated && ReferenceEquals(this, LazyShared.Value)) throw new InvalidOperationException("The shared compute team lives as long as the process.");
        if (_isDisposed) return;

        Enter();
        try
        {
            _isDisposed = true;
            Interlocked.MemoryBarrier();
            foreach (Worker worker in _workers) worker.End();
            NativeMemory.AlignedFree(_scratch);
        }
        finally
        {
            _turn.Exit();
        }
    }

    private void Enter()
    {
        if (_turn.IsHeldByCurrentThread) throw new InvalidOperationException("A task of a compute team cannot run tasks on the same team.");
        _turn.Enter();
        if (!_isDisposed) return;

        _turn.Exit();
        throw new ObjectDisposedException(nameof(ComputeTeam));
    }

    /// <summary>Claims and runs tasks until none is left.</summary>
    private void RunClaimedTasks(float* scratch)
    {
        int done = 0;
        while (true)
        {
            long ticket = Volatile.Read(ref _counters.Ticket);
            int unclaimed = (int)ticket;
            if (unclaimed == 0) break;
            if (Interlocked.CompareExchange(ref _counters.Ticket, ticket - 1, ticket) != ticket) continue;

            try
            {
                _job(_context, _tasks - unclaimed, scratch);
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref _failure, failure, null);
            }
            done++;
            if (unclaimed == 1) break;
        }
        if (done == 0) return;

        int tasks = _tasks;
        if (Interlocked.Add(ref _counters.Done, done) == tasks) _callerGate.Open();
    }

    private void AwaitDone()
    {
        for (int round = 0; round < SpinRounds; round++)
        {
            for (int pause = 0; pause < PausesPerRound; pause++)
            {
                if (Volatile.Read(ref _counters.Done) == _tasks) return;
                Pause();
            }
            Thread.Yield();
        }
        while (Volatile.Read(ref _counters.Done) != _tasks)
        {
            _callerGate.Close();
            if (Volatile.Read(ref _counters.Done) == _tasks) _callerGate.Open();
            _callerGate.Pass();
        }
    }

    /// <summary>What a worker does between runs: spin, then park, until there are unclaimed tasks or the team ends.</summary>
    private void AwaitTasks(int worker, Gate gate)
    {
        while (true)
        {
            for (int round = 0; round < SpinRounds; round++)
            {
                _placement.KeepApart(worker);
                for (int pause = 0; pause < PausesPerRound; pause++)
                {
                    if (HasNews) return;
                    Pause();
                }
                Thread.Yield();
            }
            gate.Close();
            if (HasNews) gate.Open();
            gate.Pass();
        }
    }

    private bool HasNews => (int)Volatile.Read(ref _counters.Ticket) != 0 || _isDisposed;

    private void ThrowFailure()
    {
        if (_failure is not { } failure) return;
        _failure = null;
        ExceptionDispatchInfo.Throw(failure);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pause()
    {
        if (X86Base.IsSupported) X86Base.Pause();
        else Thread.SpinWait(1);
    }

    /// <summary>The words that threads contend for, each on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Counters
    {
        [FieldOffset(128)]
        public long Ticket;

        [FieldOffset(256)]
        public int Done;
    }

    /// <summary>One thread that waits for runs.</summary>
    private sealed class Worker
    {
        private readonly ComputeTeam _team;
        private readonly int _index;
        private readonly Thread _thread;

        public Worker(ComputeTeam team, int index)
        {
            _team = team;
            _index = index;
            _thread = new Thread(Work) { IsBackground = true, Name = $"Compute team worker {index}" };
            _thread.Start();
        }

        public Gate Gate { get; } = new();

        public void End()
        {
            Gate.Open();
            _thread.Join();
        }

        private void Work()
        {
            _team._placement.Begin(_index);
            float* scratch = _team._scratch + (nint)_index * ScratchFloats;
            PrepareToWait(Gate);
            while (!_team._isDisposed)
            {
                _team.RunClaimedTasks(scratch);
                _team.AwaitTasks(_index, Gate);
            }
        }
    }

    /// <summary>Where one thread parks: opening an open gate costs one read.</summary>
    private sealed class Gate
    {
        private readonly AutoResetEvent _opened = new(false);
        private int _isClosed;

        /// <summary>Announces that the thread is about to park; it must look once more for what it waits for before <see cref="Pass"/>.</summary>
        public void Close() => Interlocked.Exchange(ref _isClosed, 1);

        public void Open()
        {
            if (Volatile.Read(ref _isClosed) == 1 && Interlocked.Exchange(ref _isClosed, 0) == 1) _opened.Set();
        }

        public void Pass() => _opened.WaitOne();

        /// <summary>Waits for what has happened already. Nobody else may use the gate meanwhile.</summary>
        public void PassOpened()
        {
            _opened.Set();
            _opened.WaitOne();
        }
    }
}
