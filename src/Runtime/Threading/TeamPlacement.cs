namespace Transformer.Compiled.Threading;

// Two threads that wait for one another by spinning look to the system as if one processor were enough for both: on Linux they
// may share one for seconds while another idles, and then every run takes as long as without the second thread. Each thread
// notes where it runs; a worker that finds itself beside a thread of lower index moves to a processor that none of them uses.

/// <summary>Keeps the threads of a team on processors of their own. Thread 0 is whoever calls; it is never moved.</summary>
internal sealed class TeamPlacement
{
    private readonly ThreadPinning _pinning;
    private readonly int[] _allowed = ProcessorAffinity.Allowed();
    private readonly int[] _noted;

    /// <summary>A placement of so many threads on the processors that the current thread may use.</summary>
    public TeamPlacement(int threads, ThreadPinning pinning)
    {
        _pinning = pinning;
        _noted = new int[threads];
        Array.Fill(_noted, -1);
    }

    /// <summary>Says that the current thread is this one of the team.</summary>
    public void Note(int thread) => Volatile.Write(ref _noted[thread], ProcessorAffinity.Current);

    /// <summary>Binds a worker to a processor of its own if that was asked for: the first to the last one that is allowed, and so on, round again.</summary>
    public void Begin(int worker)
    {
        if (_pinning == ThreadPinning.Pinned && _allowed.Length > 0) ProcessorAffinity.Restrict([_allowed[^((worker - 1) % _allowed.Length + 1)]]);
        Note(worker);
    }

    /// <summary>Moves a worker, the current thread, if a thread of lower index was last on the same processor and another one is free.</summary>
    public void KeepApart(int worker)
    {
        int processor = ProcessorAffinity.Current;
        Volatile.Write(ref _noted[worker], processor);
        if (processor < 0 || !IsNoted(processor, worker)) return;

        Span<int> free = stackalloc int[_allowed.Length];
        int count = 0;
        foreach (int allowed in _allowed)
        {
            if (!IsNoted(allowed, _noted.Length)) free[count++] = allowed;
        }
        if (count == 0) return;

        ProcessorAffinity.Restrict(_pinning == ThreadPinning.Pinned ? free[(count - 1)..count] : free[..count]);
        if (_pinning == ThreadPinning.None) ProcessorAffinity.Restrict(_allowed);
        Note(worker);
    }

    /// <summary>Whether one of the first threads was last on a processor.</summary>
    private bool IsNoted(int processor, int threads)
    {
        for (int thread = 0; thread < threads; thread++)
        {
            if (Volatile.Read(ref _noted[thread]) == processor) return true;
        }
        return false;
    }
}
