namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What a multiprocessor of an architecture has for the blocks that run on it at once (CUDA C++ Programming Guide, "Compute Capabilities").</summary>
/// <param name="Multiprocessors">Of the smallest device that is aimed at.</param>
/// <param name="SharedBytes">Shared memory of a multiprocessor, of which each block takes 1 KB more than it asks for.</param>
/// <param name="Registers">Of 32 bits, of a multiprocessor.</param>
internal readonly record struct DeviceLimits(int Multiprocessors, int SharedBytes, int Registers)
{
    private const int SystemBytesOfBlock = 1024;

    /// <summary>sm_80: A100.</summary>
    public static DeviceLimits Ampere { get; } = new(108, 164 * 1024, 64 * 1024);

    /// <summary>sm_90: H100.</summary>
    public static DeviceLimits Hopper { get; } = new(132, 228 * 1024, 64 * 1024);

    /// <summary>Blocks of a kernel that a multiprocessor holds at once, by shared memory and registers.</summary>
    public int Blocks(PtxKernel kernel) => Math.Min(SharedBytes / (kernel.SharedBytes + SystemBytesOfBlock), Registers / (kernel.LiveRegisters * kernel.Block.Count));
}
