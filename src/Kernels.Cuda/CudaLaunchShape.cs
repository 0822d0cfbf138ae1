namespace Transformer.Compiled.Cuda;

/// <summary>How a kernel is launched, always: kernels are compiled for one shape.</summary>
/// <param name="Grid">Blocks: at most 2³¹ − 1, 65,535 and 65,535.</param>
/// <param name="Block">Threads of a block: at most 1,024, 1,024 and 64, and as many together as the kernel takes.</param>
/// <param name="DynamicSharedBytes">Shared memory of a block beyond what the kernel declares, in bytes.</param>
public readonly record struct CudaLaunchShape(CudaDimensions Grid, CudaDimensions Block, int DynamicSharedBytes = 0);
