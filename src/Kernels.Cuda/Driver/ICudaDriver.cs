namespace Transformer.Compiled.Cuda.Driver;

/// <summary>
/// The calls of the CUDA driver that this library makes, one method for each, named as the library exports it. Methods check nothing and
/// translate nothing: the tests put a simulated driver here.
/// </summary>
/// <remarks>
/// Handles are <see cref="nint"/>, device addresses <see cref="ulong"/>, sizes <see cref="nuint"/>. Strings are NUL-terminated UTF-8.
/// <see cref="EntryPoints.Optional"/> lists what a driver may lack; ask <see cref="Has"/> before calling one of those.
/// </remarks>
internal unsafe interface ICudaDriver
{
    /// <summary>Whether the driver exports a function of this name.</summary>
    bool Has(string entryPoint);

    // Library
    CUresult cuInit(uint flags);
    CUresult cuDriverGetVersion(int* version);
    CUresult cuGetErrorName(CUresult error, byte** name);
    CUresult cuGetErrorString(CUresult error, byte** description);

    // Devices
    CUresult cuDeviceGetCount(int* count);
    CUresult cuDeviceGet(int* device, int ordinal);
    CUresult cuDeviceGetName(byte* name, int length, int device);
    CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, int device);
    CUresult cuDeviceTotalMem_v2(nuint* bytes, int device);

    // Contexts
    CUresult cuDevicePrimaryCtxRetain(nint* context, int device);
    CUresult cuDevicePrimaryCtxRelease_v2(int device);
    CUresult cuCtxSetCurrent(nint context);
    CUresult cuCtxSynchronize();

    // Memory
    CUresult cuMemGetInfo_v2(nuint* free, nuint* total);
    CUresult cuMemAlloc_v2(ulong* address, nuint bytes);
    CUresult cuMemFree_v2(ulong address);
    CUresult cuMemHostAlloc(void** address, nuint bytes, uint flags);
    CUresult cuMemFreeHost(void* address);
    CUresult cuMemcpyHtoDAsync_v2(ulong destination, void* source, nuint bytes, nint stream);
    CUresult cuMemcpyDtoHAsync_v2(void* destination, ulong source, nuint bytes, nint stream);
    CUresult cuMemcpyDtoDAsync_v2(ulong destination, ulong source, nuint bytes, nint stream);
    CUresult cuMemsetD32Async(ulong destination, uint value, nuint count, nint stream);

    // Streams
    CUresult cuStreamCreate(nint* stream, uint flags);
    CUresult cuStreamDestroy_v2(nint stream);
    CUresult cuStreamSynchronize(nint stream);
    CUresult cuStreamQuery(nint stream);
    CUresult cuStreamWaitEvent(nint stream, nint @event, uint flags);

    // Events
    CUresult cuEventCreate(nint* @event, uint flags);
    CUresult cuEventDestroy_v2(nint @event);
    CUresult cuEventRecord(nint @event, nint stream);
    CUresult cuEventSynchronize(nint @event);
    CUresult cuEventQuery(nint @event);
    CUresult cuEventElapsedTime(float* milliseconds, nint start, nint end);

    // Modules
    CUresult cuModuleLoadDataEx(nint* module, void* image, uint optionCount, CUjit_option* options, void** values);
    CUresult cuModuleUnload(nint module);
    CUresult cuModuleGetFunction(nint* function, nint module, byte* name);
    CUresult cuFuncGetAttribute(int* value, CUfunction_attribute attribute, nint function);
    CUresult cuFuncSetAttribute(nint function, CUfunction_attribute attribute, int value);
    CUresult cuFuncGetParamInfo(nint function, nuint index, nuint* offset, nuint* size);
    CUresult cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters, void** extra);

    // Graphs
    CUresult cuStreamBeginCapture_v2(nint stream, CUstreamCaptureMode mode);
    CUresult cuStreamEndCapture(nint stream, nint* graph);
    CUresult cuGraphInstantiate_v2(nint* executable, nint graph, nint* errorNode, byte* log, nuint logBytes);
    CUresult cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);
    CUresult cuGraphExecUpdate_v2(nint executable, nint graph, CUgraphExecUpdateResultInfo* result);
    CUresult cuGraphLaunch(nint executable, nint stream);
    CUresult cuGraphExecDestroy(nint executable);
    CUresult cuGraphDestroy(nint graph);
}
