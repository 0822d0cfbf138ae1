namespace Transformer.Compiled.Threading;

/// <summary>Whether the threads of a <see cref="ComputeTeam"/> stay on one processor each.</summary>
public enum ThreadPinning
{
    /// <summary>The operating system places the threads. On Linux a worker leaves the processor of another thread of its team for a free one.</summary>
    None,

    /// <summary>
    /// Each worker is bound to a processor of its own, among those that the creating thread may use. The caller's own
    /// affinity is never touched; a worker makes way for it. Only Linux supports it; elsewhere it is the same as <see cref="None"/>.
    /// </summary>
    Pinned,
}
