using System.Runtime.InteropServices;

namespace Transformer.Compiled.Cuda.Driver;

/// <summary>The driver of this machine.</summary>
internal sealed unsafe class NativeCudaDriver : ICudaDriver
{
    private static readonly Lock Gate = new();
    private static NativeCudaDriver? _loaded;

    private readonly nint _library;

    private NativeCudaDriver(nint library) => _library = library;

    /// <summary>Finds the driver's library, once for the process, and sees that it has all that is needed.</summary>
    /// <exception cref="CudaUnavailableException">There is none, or it lacks a function.</exception>
    public static NativeCudaDriver Load()
    {
        lock (Gate)
        {
            if (_loaded is not null) return _loaded;
            LibraryCandidate found = DriverLibrary.Find(DriverLibrary.Candidates(), NativeLibrary.TryLoad, out nint library);
            var driver = new NativeCudaDriver(library);
            DriverLibrary.RequireEntryPoints(found, driver.Has);
            NativeLibrary.SetDllImportResolver(
                typeof(NativeMethods).Assembly, (name, _, _) => name == DriverLibrary.ImportName ? library : 0);
            return _loaded = driver;
        }
    }

    public bool Has(string entryPoint) => NativeLibrary.TryGetExport(_library, entryPoint, out _);

    public CUresult cuInit(uint flags) => NativeMethods.cuInit(flags);
    public CUresult cuDriverGetVersion(int* version) => NativeMethods.cuDriverGetVersion(version);
    public CUresult cuGetErrorName(CUresult error, byte** name) => NativeMethods.cuGetErrorName(error, name);
    public CUresult cuGetErrorString(CUresult error, byte** description) => NativeMethods.cuGetErrorString(error, description);

    public CUresult cuDeviceGetCount(int* count) => NativeMethods.cuDeviceGetCount(count);
    public CUresult cuDeviceGet(int* device, int ordinal) => NativeMethods.cuDeviceGet(device, ordinal);
    public CUresult cuDeviceGetName(byte* name, int length, int device) => NativeMethods.cuDeviceGetName(name, length, device);
    public CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, int device) => NativeMethods.cuDeviceGetAttribute(value, attribute, device);
    public CUresult cuDeviceTotalMem_v2(nuint* bytes, int device) => NativeMethods.cuDeviceTotalMem_v2(bytes, device);

    public CUresult cuDevicePrimaryCtxRetain(nint* context, int device) => NativeMethods.cuDevicePrimaryCtxRetain(context, device);
    public CUresult cuDevicePrimaryCtxRelease_v2(int device) => NativeMethods.cuDevicePrimaryCtxRelease_v2(device);
    public CUresult cuCtxSetCurrent(nint context) => NativeMethods.cuCtxSetCurrent(context);
    public CUresult cuCtxSynchronize() => NativeMethods.cuCtxSynchronize();

    public CUresult cuMemGetInfo_v2(nuint* free, nuint* total) => NativeMethods.cuMemGetInfo_v2(free, total);
    public CUresult cuMemAlloc_v2(ulong* address, nuint bytes) => NativeMethods.cuMemAlloc_v2(address, bytes);
    public CUresult cuMemFree_v2(ulong address) => NativeMethods.cuMemFree_v2(address);
    public CUresult cuMemHostAlloc(void** address, nuint bytes, uint flags) => NativeMethods.cuMemHostAlloc(address, bytes, flags);
    public CUresult cuMemFreeHost(void* address) => NativeMethods.cuMemFreeHost(address);
    public CUresult cuMemcpyHtoDAsync_v2(
        ulong destination, void* source, nuint bytes, nint stream) =>
        NativeMethods.cuMemcpyHtoDAsync_v2(destination, source, bytes, stream);
    public CUresult cuMemcpyDtoHAsync_v2(
        void* destination, ulong source, nuint bytes, nint stream) =>
        NativeMethods.cuMemcpyDtoHAsync_v2(destination, source, bytes, stream);
    public CUresult cuMemcpyDtoDAsync_v2(
        ulong destination, ulong source, nuint bytes, nint stream) =>
        NativeMethods.cuMemcpyDtoDAsync_v2(destination, source, bytes, stream);
    public CUresult cuMemsetD32Async(ulong destination, uint value, nuint count, nint stream) => NativeMethods.cuMemsetD32Async(destination, value, count, stream);

    public CUresult cuStreamCreate(nint* stream, uint flags) => NativeMethods.cuStreamCreate(stream, flags);
    public CUresult cuStreamDestroy_v2(nint stream) => NativeMethods.cuStreamDestroy_v2(stream);
    public CUresult cuStreamSynchronize(nint stream) => NativeMethods.cuStreamSynchronize(stream);
    public CUresult cuStreamQuery(nint stream) => NativeMethods.cuStreamQuery(stream);
    public CUresult cuStreamWaitEvent(nint stream, nint @event, uint flags) => NativeMethods.cuStreamWaitEvent(stream, @event, flags);

    public CUresult cuEventCreate(nint* @event, uint flags) => NativeMethods.cuEventCreate(@event, flags);
    public CUresult cuEventDestroy_v2(nint @event) => NativeMethods.cuEventDestroy_v2(@event);
    public CUresult cuEventRecord(nint @event, nint stream) => NativeMethods.cuEventRecord(@event, stream);
    public CUresult cuEventSynchronize(nint @event) => NativeMethods.cuEventSynchronize(@event);
    public CUresult cuEventQuery(nint @event) => NativeMethods.cuEventQuery(@event);
    public CUresult cuEventElapsedTime(float* milliseconds, nint start, nint end) => NativeMethods.cuEventElapsedTime(milliseconds, start, end);

    public CUresult cuModuleLoadDataEx(
        nint* module, void* image, uint optionCount, CUjit_option* options, void** values) =>
        NativeMethods.cuModuleLoadDataEx(module, image, optionCount, options, values);
    public CUresult cuModuleUnload(nint module) => NativeMethods.cuModuleUnload(module);
    public CUresult cuModuleGetFunction(nint* function, nint module, byte* name) => NativeMethods.cuModuleGetFunction(function, module, name);
    public CUresult cuFuncGetAttribute(int* value, CUfunction_attribute attribute, nint function) => NativeMethods.cuFuncGetAttribute(value, attribute, function);
    public CUresult cuFuncSetAttribute(nint function, CUfunction_attribute attribute, int value) => NativeMethods.cuFuncSetAttribute(function, attribute, value);
    public CUresult cuFuncGetParamInfo(nint function, nuint index, nuint* offset, nuint* size) => NativeMethods.cuFuncGetParamInfo(function, index, offset, size);
    public CUresult cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters, void** extra) =>
        NativeMethods.cuLaunchKernel(function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, parameters, extra);

    public CUresult cuStreamBeginCapture_v2(nint stream, CUstreamCaptureMode mode) => NativeMethods.cuStreamBeginCapture_v2(stream, mode);
    public CUresult cuStreamEndCapture(nint stream, nint* graph) => NativeMethods.cuStreamEndCapture(stream, graph);
    public CUresult cuGraphInstantiate_v2(
        nint* executable, nint graph, nint* errorNode, byte* log, nuint logBytes) =>
        NativeMethods.cuGraphInstantiate_v2(executable, graph, errorNode, log, logBytes);
    public CUresult cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags) => NativeMethods.cuGraphInstantiateWithFlags(executable, graph, flags);
    public CUresult cuGraphExecUpdate_v2(
        nint executable, nint graph, CUgraphExecUpdateResultInfo* result) =>
        NativeMethods.cuGraphExecUpdate_v2(executable, graph, result);
    public CUresult cuGraphLaunch(nint executable, nint stream) => NativeMethods.cuGraphLaunch(executable, stream);
    public CUresult cuGraphExecDestroy(nint executable) => NativeMethods.cuGraphExecDestroy(executable);
    public CUresult cuGraphDestroy(nint graph) => NativeMethods.cuGraphDestroy(graph);
}
