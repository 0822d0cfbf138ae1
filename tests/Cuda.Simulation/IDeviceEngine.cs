namespace Transformer.Compiled.Cuda.Simulation;

/// <summary>What the simulated driver drives: memory, and kernels that are executed or only noted. Its exceptions are the device's failures.</summary>
internal interface IDeviceEngine : IDisposable
{
    /// <summary>New memory at a multiple of 256 bytes.</summary>
    ulong Allocate(long bytes);

    void Free(ulong address);

    /// <summary>The bytes at an address, as the host sees them.</summary>
    Span<byte> Memory(ulong address, long bytes);

    /// <summary>Takes a module in.</summary>
    /// <exception cref="Exception">It is not valid; the message is the compiler's log.</exception>
    object LoadModule(string text);

    /// <summary>A kernel of a module; null where it has none of the name.</summary>
    KernelFacts? Find(object module, string name);

    /// <summary>Runs a kernel to its end.</summary>
    void Launch(object module, in KernelLaunch launch, ReadOnlySpan<byte> parameters);
}

/// <summary>What a driver knows of a kernel.</summary>
/// <param name="ParameterSizes">The bytes of each parameter.</param>
/// <param name="SharedBytes">Shared memory that it declares.</param>
/// <param name="ThreadsPerBlock">The most threads of a block.</param>
internal sealed record KernelFacts(int[] ParameterSizes, int SharedBytes, int ThreadsPerBlock)
{
    /// <summary>The bytes of all parameters, each at a multiple of its size.</summary>
    public int ParameterBytes { get; } = ParameterSizes.Aggregate(0, (end, size) => (end + size - 1) / size * size + size);
}

/// <summary>A launch but for its arguments.</summary>
internal readonly record struct KernelLaunch(string Kernel, CudaDimensions Grid, CudaDimensions Block, int SharedBytes);
