namespace Transformer.Compiled.Cuda.Simulation;

/// <summary>What driver and device are simulated.</summary>
internal sealed record SimulatedDriverOptions
{
    /// <summary>1000 · major + 10 · minor of the newest CUDA that it supports.</summary>
    public int Version { get; init; } = 12040;

    public int DeviceCount { get; init; } = 1;

    public string DeviceName { get; init; } = "Simulated A100";

    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>Functions that the library does not export.</summary>
    public IReadOnlySet<string> MissingEntryPoints { get; init; } = new HashSet<string>();

    /// <summary>What the driver's compiler says to every module.</summary>
    public string CompilerLog { get; init; } = "ptxas info    : 0 bytes gmem";

    /// <summary>Bytes of local memory of every kernel.</summary>
    public int LocalBytes { get; init; }
}
