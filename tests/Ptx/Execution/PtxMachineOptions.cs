namespace Transformer.Compiled.Ptx;

/// <summary>How a machine runs kernels.</summary>
public sealed record PtxMachineOptions
{
    /// <summary>Decides the order of blocks, of warps between barriers and of atomic operations, and the perturbation of approximations.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether <c>.approx</c> results, which are computed accurately, are moved at random within their documented error.</summary>
    public bool PerturbApproximations { get; init; }

    /// <summary>Whether conflicting accesses to shared and global memory are faults.</summary>
    public bool DetectRaces { get; init; } = true;

    /// <summary>Whether reading a register or shared memory that nothing has written is a fault.</summary>
    public bool DetectUninitialized { get; init; } = true;

    /// <summary>Whether sectors and bank conflicts are counted.</summary>
    public bool TraceMemory { get; init; } = true;

    /// <summary>Instructions of warps that a launch may execute; more is taken for an endless loop.</summary>
    public long MaximumInstructions { get; init; } = 1L << 32;

    /// <summary>The shared memory that a block may have, in bytes: 163 KiB is that of sm_80.</summary>
    public int MaximumSharedBytes { get; init; } = 163 * 1024;
}
