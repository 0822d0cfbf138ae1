using System.Runtime.InteropServices;
using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Cuda.Simulation;
using Transformer.Compiled.Ptx;

namespace Transformer.Compiled.Cuda.StandIn;

/// <summary>
/// The simulated driver, with the interpreter as its device, as a native library that exports the driver's functions: what a program calls when it is
/// loaded in the place of NVIDIA's.
/// </summary>
internal static unsafe class Exports
{
    private static readonly ICudaDriver Driver = new SimulatedDriver(
        new InterpreterEngine(new PtxMachineOptions()), new SimulatedDriverOptions { DeviceName = "PTX interpreter", MemoryBytes = 1L << 32 });

    // Library
    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuInit))]
    private static CUresult cuInit(uint flags) => Driver.cuInit(flags);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuDriverGetVersion))]
    private static CUresult cuDriverGetVersion(int* version) => Driver.cuDriverGetVersion(version);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuGetErrorName))]
    private static CUresult cuGetErrorName(CUresult error, byte** name) => Driver.cuGetErrorName(error, name);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuGetErrorString))]
    private static CUresult cuGetErrorString(CUresult error, byte** description) => Driver.cuGetErrorString(error, description);

    // Devices
    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuDeviceGetCount))]
    private static CUresult cuDeviceGetCount(int* count) => Driver.cuDeviceGetCount(count);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuDeviceGet))]
    private static CUresult cuDeviceGet(int* device, int ordinal) => Driver.cuDeviceGet(device, ordinal);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuDeviceGetName))]
    private static CUresult cuDeviceGetName(byte* name, int length, int device) => Driver.cuDeviceGetName(name, length, device);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuDeviceGetAttribute))]
    private static CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, int device) => Driver.cuDeviceGetAttribute(value, attribute, device);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuDeviceTotalMem_v2))]
    private static CUresult cuDeviceTotalMem_v2(nuint* bytes, int device) => Driver.cuDeviceTotalMem_v2(bytes, device);

    // Contexts
    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuDevicePrimaryCtxRetain))]
    private static CUresult cuDevicePrimaryCtxRetain(nint* context, int device) => Driver.cuDevicePrimaryCtxRetain(context, device);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuDevicePrimaryCtxRelease_v2))]
    private static CUresult cuDevicePrimaryCtxRelease_v2(int device) => Driver.cuDevicePrimaryCtxRelease_v2(device);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuCtxSetCurrent))]
    private static CUresult cuCtxSetCurrent(nint context) => Driver.cuCtxSetCurrent(context);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuCtxSynchronize))]
    private static CUresult cuCtxSynchronize() => Driver.cuCtxSynchronize();

    // Memory
    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemGetInfo_v2))]
    private static CUresult cuMemGetInfo_v2(nuint* free, nuint* total) => Driver.cuMemGetInfo_v2(free, total);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemAlloc_v2))]
    private static CUresult cuMemAlloc_v2(ulong* address, nuint bytes) => Driver.cuMemAlloc_v2(address, bytes);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemFree_v2))]
    private static CUresult cuMemFree_v2(ulong address) => Driver.cuMemFree_v2(address);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemHostAlloc))]
    private static CUresult cuMemHostAlloc(void** address, nuint bytes, uint flags) => Driver.cuMemHostAlloc(address, bytes, flags);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemFreeHost))]
    private static CUresult cuMemFreeHost(void* address) => Driver.cuMemFreeHost(address);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemcpyHtoDAsync_v2))]
    private static CUresult cuMemcpyHtoDAsync_v2(
        ulong destination, void* source, nuint bytes, nint stream) =>
        Driver.cuMemcpyHtoDAsync_v2(destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemcpyDtoHAsync_v2))]
    private static CUresult cuMemcpyDtoHAsync_v2(
        void* destination, ulong source, nuint bytes, nint stream) =>
        Driver.cuMemcpyDtoHAsync_v2(destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemcpyDtoDAsync_v2))]
    private static CUresult cuMemcpyDtoDAsync_v2(
        ulong destination, ulong source, nuint bytes, nint stream) =>
        Driver.cuMemcpyDtoDAsync_v2(destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuMemsetD32Async))]
    private static CUresult cuMemsetD32Async(ulong destination, uint value, nuint count, nint stream) => Driver.cuMemsetD32Async(destination, value, count, stream);

    // Streams
    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuStreamCreate))]
    private static CUresult cuStreamCreate(nint* stream, uint flags) => Driver.cuStreamCreate(stream, flags);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuStreamDestroy_v2))]
    private static CUresult cuStreamDestroy_v2(nint stream) => Driver.cuStreamDestroy_v2(stream);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuStreamSynchronize))]
    private static CUresult cuStreamSynchronize(nint stream) => Driver.cuStreamSynchronize(stream);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuStreamQuery))]
    private static CUresult cuStreamQuery(nint stream) => Driver.cuStreamQuery(stream);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuStreamWaitEvent))]
    private static CUresult cuStreamWaitEvent(nint stream, nint @event, uint flags) => Driver.cuStreamWaitEvent(stream, @event, flags);

    // Events
    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuEventCreate))]
    private static CUresult cuEventCreate(nint* @event, uint flags) => Driver.cuEventCreate(@event, flags);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuEventDestroy_v2))]
    private static CUresult cuEventDestroy_v2(nint @event) => Driver.cuEventDestroy_v2(@event);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuEventRecord))]
    private static CUresult cuEventRecord(nint @event, nint stream) => Driver.cuEventRecord(@event, stream);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuEventSynchronize))]
    private static CUresult cuEventSynchronize(nint @event) => Driver.cuEventSynchronize(@event);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuEventQuery))]
    private static CUresult cuEventQuery(nint @event) => Driver.cuEventQuery(@event);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuEventElapsedTime))]
    private static CUresult cuEventElapsedTime(float* milliseconds, nint start, nint end) => Driver.cuEventElapsedTime(milliseconds, start, end);

    // Modules
    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuModuleLoadDataEx))]
    private static CUresult cuModuleLoadDataEx(
        nint* module, void* image, uint optionCount, CUjit_option* options, void** values) =>
        Driver.cuModuleLoadDataEx(module, image, optionCount, options, values);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuModuleUnload))]
    private static CUresult cuModuleUnload(nint module) => Driver.cuModuleUnload(module);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuModuleGetFunction))]
    private static CUresult cuModuleGetFunction(nint* function, nint module, byte* name) => Driver.cuModuleGetFunction(function, module, name);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuFuncGetAttribute))]
    private static CUresult cuFuncGetAttribute(int* value, CUfunction_attribute attribute, nint function) => Driver.cuFuncGetAttribute(value, attribute, function);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuFuncSetAttribute))]
    private static CUresult cuFuncSetAttribute(nint function, CUfunction_attribute attribute, int value) => Driver.cuFuncSetAttribute(function, attribute, value);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuFuncGetParamInfo))]
    private static CUresult cuFuncGetParamInfo(nint function, nuint index, nuint* offset, nuint* size) => Driver.cuFuncGetParamInfo(function, index, offset, size);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuLaunchKernel))]
    private static CUresult cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters, void** extra) =>
        Driver.cuLaunchKernel(function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, parameters, extra);

    // Graphs
    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuStreamBeginCapture_v2))]
    private static CUresult cuStreamBeginCapture_v2(nint stream, CUstreamCaptureMode mode) => Driver.cuStreamBeginCapture_v2(stream, mode);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuStreamEndCapture))]
    private static CUresult cuStreamEndCapture(nint stream, nint* graph) => Driver.cuStreamEndCapture(stream, graph);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuGraphInstantiate_v2))]
    private static CUresult cuGraphInstantiate_v2(
        nint* executable, nint graph, nint* errorNode, byte* log, nuint logBytes) =>
        Driver.cuGraphInstantiate_v2(executable, graph, errorNode, log, logBytes);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuGraphInstantiateWithFlags))]
    private static CUresult cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags) => Driver.cuGraphInstantiateWithFlags(executable, graph, flags);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuGraphExecUpdate_v2))]
    private static CUresult cuGraphExecUpdate_v2(
        nint executable, nint graph, CUgraphExecUpdateResultInfo* result) =>
        Driver.cuGraphExecUpdate_v2(executable, graph, result);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuGraphLaunch))]
    private static CUresult cuGraphLaunch(nint executable, nint stream) => Driver.cuGraphLaunch(executable, stream);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuGraphExecDestroy))]
    private static CUresult cuGraphExecDestroy(nint executable) => Driver.cuGraphExecDestroy(executable);

    [UnmanagedCallersOnly(EntryPoint = nameof(ICudaDriver.cuGraphDestroy))]
    private static CUresult cuGraphDestroy(nint graph) => Driver.cuGraphDestroy(graph);
}
