namespace Transformer.Compiled.Cuda.Driver;

/// <summary>The functions that the library exports: what every driver since CUDA 11.0 has, and what came later.</summary>
internal static class EntryPoints
{
    /// <summary>Without one of these the driver is refused.</summary>
    public static IReadOnlyList<string> Required { get; } =
    [
        nameof(ICudaDriver.cuInit),
        nameof(ICudaDriver.cuDriverGetVersion),
        nameof(ICudaDriver.cuGetErrorName),
        nameof(ICudaDriver.cuGetErrorString),
        nameof(ICudaDriver.cuDeviceGetCount),
        nameof(ICudaDriver.cuDeviceGet),
        nameof(ICudaDriver.cuDeviceGetName),
        nameof(ICudaDriver.cuDeviceGetAttribute),
        nameof(ICudaDriver.cuDeviceTotalMem_v2),
        nameof(ICudaDriver.cuDevicePrimaryCtxRetain),
        nameof(ICudaDriver.cuDevicePrimaryCtxRelease_v2),
        nameof(ICudaDriver.cuCtxSetCurrent),
        nameof(ICudaDriver.cuCtxSynchronize),
        nameof(ICudaDriver.cuMemGetInfo_v2),
        nameof(ICudaDriver.cuMemAlloc_v2),
        nameof(ICudaDriver.cuMemFree_v2),
        nameof(ICudaDriver.cuMemHostAlloc),
        nameof(ICudaDriver.cuMemFreeHost),
        nameof(ICudaDriver.cuMemcpyHtoDAsync_v2),
        nameof(ICudaDriver.cuMemcpyDtoHAsync_v2),
        nameof(ICudaDriver.cuMemcpyDtoDAsync_v2),
        nameof(ICudaDriver.cuMemsetD32Async),
        nameof(ICudaDriver.cuStreamCreate),
        nameof(ICudaDriver.cuStreamDestroy_v2),
        nameof(ICudaDriver.cuStreamSynchronize),
        nameof(ICudaDriver.cuStreamQuery),
        nameof(ICudaDriver.cuStreamWaitEvent),
        nameof(ICudaDriver.cuEventCreate),
        nameof(ICudaDriver.cuEventDestroy_v2),
        nameof(ICudaDriver.cuEventRecord),
        nameof(ICudaDriver.cuEventSynchronize),
        nameof(ICudaDriver.cuEventQuery),
        nameof(ICudaDriver.cuEventElapsedTime),
        nameof(ICudaDriver.cuModuleLoadDataEx),
        nameof(ICudaDriver.cuModuleUnload),
        nameof(ICudaDriver.cuModuleGetFunction),
        nameof(ICudaDriver.cuFuncGetAttribute),
        nameof(ICudaDriver.cuFuncSetAttribute),
        nameof(ICudaDriver.cuLaunchKernel),
        nameof(ICudaDriver.cuStreamBeginCapture_v2),
        nameof(ICudaDriver.cuStreamEndCapture),
        nameof(ICudaDriver.cuGraphInstantiate_v2),
        nameof(ICudaDriver.cuGraphLaunch),
        nameof(ICudaDriver.cuGraphExecDestroy),
        nameof(ICudaDriver.cuGraphDestroy),
    ];

    /// <summary>What came later, and what is done without it.</summary>
    public static IReadOnlyList<string> Optional { get; } =
    [
        nameof(ICudaDriver.cuGraphInstantiateWithFlags), // 11.4; cuGraphInstantiate_v2 before
        nameof(ICudaDriver.cuGraphExecUpdate_v2), // 12.0; the graph is instantiated anew before
        nameof(ICudaDriver.cuFuncGetParamInfo), // 12.4; the number of a kernel's parameters is not checked before
    ];
}
