using System.Runtime.InteropServices;
using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda.Simulation;

internal sealed unsafe partial class SimulatedDriver
{
    private readonly Dictionary<ulong, long> _deviceMemory = [];
    private readonly Dictionary<nint, long> _hostMemory = [];

    /// <summary>The device's bytes that are given out.</summary>
    public long DeviceBytes => _deviceMemory.Values.Sum();

    public CUresult cuMemGetInfo_v2(nuint* free, nuint* total)
    {
        *free = (nuint)(_options.MemoryBytes - DeviceBytes);
        *total = (nuint)_options.MemoryBytes;
        return EnterContext(nameof(cuMemGetInfo_v2));
    }

    public CUresult cuMemAlloc_v2(ulong* address, nuint bytes)
    {
        CUresult result = EnterUncaptured(nameof(cuMemAlloc_v2));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if ((long)bytes > _options.MemoryBytes - DeviceBytes) return CUresult.CUDA_ERROR_OUT_OF_MEMORY;
        *address = _engine.Allocate((long)bytes);
        _deviceMemory.Add(*address, (long)bytes);
        return result;
    }

    public CUresult cuMemFree_v2(ulong address)
    {
        CUresult result = EnterUncaptured(nameof(cuMemFree_v2));
        if (!_deviceMemory.Remove(address)) return Complain(CUresult.CUDA_ERROR_INVALID_VALUE, "cuMemFree_v2 of what is not allocated");
        ComplainAboutWork(nameof(cuMemFree_v2));
        _engine.Free(address);
        return result;
    }

    public CUresult cuMemHostAlloc(void** address, nuint bytes, uint flags)
    {
        CUresult result = EnterUncaptured(nameof(cuMemHostAlloc));
        if (result != CUresult.CUDA_SUCCESS) return result;
        *address = NativeMemory.AlignedAlloc(bytes, 4096);
        new Span<byte>(*address, checked((int)bytes)).Fill(0xFF);
        _hostMemory.Add((nint)(*address), (long)bytes);
        return result;
    }

    public CUresult cuMemFreeHost(void* address)
    {
        CUresult result = EnterUncaptured(nameof(cuMemFreeHost));
        if (!_hostMemory.Remove((nint)address)) return Complain(CUresult.CUDA_ERROR_INVALID_VALUE, "cuMemFreeHost of what is not allocated");
        ComplainAboutWork(nameof(cuMemFreeHost));
        NativeMemory.AlignedFree(address);
        return result;
    }

    public CUresult cuMemcpyHtoDAsync_v2(ulong destination, void* source, nuint bytes, nint stream) => Copy(
        nameof(cuMemcpyHtoDAsync_v2), stream, new WorkItem(WorkKind.HostToDevice) { Destination = destination, Host = (nint)source, Bytes = (long)bytes });

    public CUresult cuMemcpyDtoHAsync_v2(void* destination, ulong source, nuint bytes, nint stream) => Copy(
        nameof(cuMemcpyDtoHAsync_v2), stream, new WorkItem(WorkKind.DeviceToHost) { Source = source, Host = (nint)destination, Bytes = (long)bytes });

    public CUresult cuMemcpyDtoDAsync_v2(ulong destination, ulong source, nuint bytes, nint stream) => Submit(
        nameof(cuMemcpyDtoDAsync_v2), stream, new WorkItem(WorkKind.DeviceToDevice) { Destination = destination, Source = source, Bytes = (long)bytes });

    public CUresult cuMemsetD32Async(ulong destination, uint value, nuint count, nint stream) => Submit(
        nameof(cuMemsetD32Async), stream, new WorkItem(WorkKind.Fill) { Destination = destination, Word = value, Bytes = (long)count * sizeof(uint) });

    /// <summary>Memory that is not pinned is copied at once, after all that the stream was asked for before; and it cannot be captured.</summary>
    private CUresult Copy(string call, nint stream, WorkItem item)
    {
        bool isPinned = IsPinned(item.Host, item.Bytes);
        if (!isPinned && _objects.GetValueOrDefault(stream) is SimulatedStream { Capture: not null } captured)
        {
            captured.IsSpoilt = true;
            Enter(call);
            return CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
        }

        CUresult result = Submit(call, stream, item);
        if (result == CUresult.CUDA_SUCCESS && !isPinned && Find(call, stream, out SimulatedStream found)) Finish(found);
        return result == CUresult.CUDA_SUCCESS ? _sticky : result;
    }

    private bool IsPinned(nint address, long bytes)
    {
        foreach ((nint start, long length) in _hostMemory)
        {
            if (address >= start && address + bytes <= start + length) return true;
        }

        return false;
    }

    private void ComplainAboutWork(string call)
    {
        if (_sticky == CUresult.CUDA_SUCCESS && _objects.Values.Any(value => value is SimulatedStream { IsIdle: false }))
            _complaints.Add($"{call} while a stream has work that may use the memory");
    }
}
