namespace Transformer.Compiled.Cuda.Simulation;

/// <summary>A module that was loaded.</summary>
internal sealed record SimulatedModule(object Content)
{
    public bool IsUnloaded { get; set; }
}

/// <summary>An entry of a module.</summary>
internal sealed class SimulatedFunction(SimulatedModule module, string name, KernelFacts facts)
{
    public SimulatedModule Module => module;

    public string Name => name;

    public KernelFacts Facts => facts;

    /// <summary>What was asked for; a launch with more than 48 KB fails without.</summary>
    public int DynamicSharedBytes { get; set; } = 48 * 1024 - facts.SharedBytes;
}

/// <summary>A mark in a stream.</summary>
internal sealed class SimulatedEvent
{
    /// <summary>The stream that was last asked to record it; null before.</summary>
    public SimulatedStream? Stream { get; set; }

    /// <summary>The last recording that was asked for.</summary>
    public long Asked { get; set; }

    /// <summary>The last recording that was done.</summary>
    public long Done { get; set; }

    /// <summary>When that was, in microseconds.</summary>
    public long Time { get; set; }
}

/// <summary>A stream: work that is done only when somebody waits for it.</summary>
internal sealed class SimulatedStream
{
    private int _done;

    public WorkList Work { get; } = new();

    /// <summary>Where work goes while the stream is captured.</summary>
    public WorkList? Capture { get; set; }

    /// <summary>The thread that captures.</summary>
    public int CapturingThread { get; set; }

    /// <summary>Whether something was asked for that may not be captured.</summary>
    public bool IsSpoilt { get; set; }

    public bool IsIdle => _done == Work.Count;

    /// <summary>The next piece of work; nothing may be asked of the stream while it is done.</summary>
    public WorkItem Next() => Work[_done++];

    /// <summary>Forgets what was done, where that is all.</summary>
    public void Tidy()
    {
        if (!IsIdle) return;
        Work.Clear();
        _done = 0;
    }
}
