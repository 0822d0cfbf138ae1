using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Transformer.Compiled.Cuda.Driver;

/// <summary>The driver's functions. All types are blittable, so that nothing is marshalled.</summary>
internal static unsafe partial class NativeMethods
{
    // Library
    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuInit(uint flags);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuDriverGetVersion(int* version);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuGetErrorName(CUresult error, byte** name);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuGetErrorString(CUresult error, byte** description);

    // Devices
    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuDeviceGetCount(int* count);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuDeviceGet(int* device, int ordinal);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, int device);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuDeviceTotalMem_v2(nuint* bytes, int device);

    // Contexts
    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuDevicePrimaryCtxRetain(nint* context, int device);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuCtxSetCurrent(nint context);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuCtxSynchronize();

    // Memory
    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemGetInfo_v2(nuint* free, nuint* total);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemAlloc_v2(ulong* address, nuint bytes);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemFree_v2(ulong address);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemHostAlloc(void** address, nuint bytes, uint flags);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemFreeHost(void* address);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemcpyHtoDAsync_v2(ulong destination, void* source, nuint bytes, nint stream);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemcpyDtoHAsync_v2(void* destination, ulong source, nuint bytes, nint stream);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemcpyDtoDAsync_v2(ulong destination, ulong source, nuint bytes, nint stream);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuMemsetD32Async(ulong destination, uint value, nuint count, nint stream);

    // Streams
    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuStreamCreate(nint* stream, uint flags);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuStreamDestroy_v2(nint stream);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuStreamSynchronize(nint stream);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuStreamQuery(nint stream);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuStreamWaitEvent(nint stream, nint @event, uint flags);

    // Events
    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuEventCreate(nint* @event, uint flags);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuEventDestroy_v2(nint @event);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuEventRecord(nint @event, nint stream);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuEventSynchronize(nint @event);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuEventQuery(nint @event);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuEventElapsedTime(float* milliseconds, nint start, nint end);

    // Modules
    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuModuleLoadDataEx(nint* module, void* image, uint optionCount, CUjit_option* options, void** values);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuModuleUnload(nint module);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuModuleGetFunction(nint* function, nint module, byte* name);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuFuncGetAttribute(int* value, CUfunction_attribute attribute, nint function);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuFuncSetAttribute(nint function, CUfunction_attribute attribute, int value);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuFuncGetParamInfo(nint function, nuint index, nuint* offset, nuint* size);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters, void** extra);

    // Graphs
    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuStreamBeginCapture_v2(nint stream, CUstreamCaptureMode mode);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuStreamEndCapture(nint stream, nint* graph);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuGraphInstantiate_v2(nint* executable, nint graph, nint* errorNode, byte* log, nuint logBytes);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuGraphExecUpdate_v2(nint executable, nint graph, CUgraphExecUpdateResultInfo* result);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuGraphLaunch(nint executable, nint stream);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuGraphExecDestroy(nint executable);

    [LibraryImport(DriverLibrary.ImportName)]
    internal static partial CUresult cuGraphDestroy(nint graph);
}
