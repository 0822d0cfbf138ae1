using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// A device in use: its primary context, which all libraries of the process share. Memory, streams, events, modules and graphs are made for one.
/// </summary>
/// <remarks>
/// Every call makes the context current on the thread that makes it, so that any thread may; an object takes one caller at a time.
/// There are no finalizers: what is not disposed of lives as long as the process.
/// </remarks>
public sealed unsafe class CudaContext : IDisposable
{
    private readonly nint _handle;
    private readonly Lock _gate = new();
    private int _references = 1;
    private bool _disposed;
    private bool _failed;

    [ThreadStatic]
    private static int _recordings;

    /// <summary>Makes a device usable.</summary>
    /// <exception cref="CudaException">The driver refuses, for instance because another program has the device for itself.</exception>
    public CudaContext(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        nint handle = 0;
        Driver.Check(Driver.cuDevicePrimaryCtxRetain(&handle, device.Handle), nameof(Driver.cuDevicePrimaryCtxRetain));
        _handle = handle;
    }

    /// <summary>The device.</summary>
    public CudaDevice Device { get; }

    /// <summary>The device's memory that no process holds, in bytes.</summary>
    /// <exception cref="ObjectDisposedException">The context was disposed of.</exception>
    public long FreeMemory
    {
        get
        {
            Use();
            nuint free = 0, total = 0;
            Check(Driver.cuMemGetInfo_v2(&free, &total), nameof(Driver.cuMemGetInfo_v2));
            return checked((long)free);
        }
    }

    internal ICudaDriver Driver => Device.Driver;

    /// <summary>Waits until the device has done all that this context was asked for.</summary>
    /// <exception cref="CudaException">Something of it has failed.</exception>
    /// <exception cref="InvalidOperationException">This thread records a stream.</exception>
    /// <exception cref="ObjectDisposedException">The context was disposed of.</exception>
    public void Synchronize()
    {
        UseOutsideRecordings();
        Check(Driver.cuCtxSynchronize(), nameof(Driver.cuCtxSynchronize));
    }

    /// <summary>
    /// Gives the context back, once all that was made for it is disposed of too; until then those objects can still be disposed of, and
    /// anything else that is asked of them throws <see cref="ObjectDisposedException"/>. A second call does nothing.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }

        RemoveReference();
    }

    /// <summary>Makes the context current on this thread.</summary>
    /// <exception cref="ObjectDisposedException">The context was disposed of.</exception>
    internal ICudaDriver Use()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check(Driver.cuCtxSetCurrent(_handle), nameof(Driver.cuCtxSetCurrent));
        return Driver;
    }

    /// <summary>As <see cref="Use"/>, for what would spoil a recording of this thread.</summary>
    /// <exception cref="InvalidOperationException">This thread records a stream.</exception>
    internal ICudaDriver UseOutsideRecordings()
    {
        RequireNoRecording();
        return Use();
    }

    /// <summary>Refuses what would spoil a recording of this thread.</summary>
    internal static void RequireNoRecording()
    {
        if (_recordings > 0)
            throw new InvalidOperationException("This thread records a stream; until that ends, it can only launch, fill, and copy with pinned memory, on that stream.");
    }

    internal static void BeginRecording() => _recordings++;

    internal static void EndRecording() => _recordings--;

    /// <summary>Keeps the context until <see cref="RemoveReference"/>.</summary>
    internal void AddReference()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _references++;
        }
    }

    internal void RemoveReference()
    {
        lock (_gate)
        {
            if (--_references > 0) return;
        }

        // The thread must not keep a context that is gone; and it is gone whether or not the driver says so.
        CheckRelease(Driver.cuCtxSetCurrent(0), nameof(Driver.cuCtxSetCurrent));
        CheckRelease(Driver.cuDevicePrimaryCtxRelease_v2(Device.Handle), nameof(Driver.cuDevicePrimaryCtxRelease_v2));
    }

    /// <summary>Throws unless the call has succeeded.</summary>
    internal void Check(CUresult result, string call)
    {
        if (result != CUresult.CUDA_SUCCESS) throw Error(result, call);
    }

    /// <summary>The exception for a call that failed.</summary>
    internal CudaException Error(CUresult result, string call, string? circumstances = null)
    {
        Note(result);
        return Driver.Error(result, call, circumstances);
    }

    /// <summary>
    /// As <see cref="Check"/>, for what gives something back: silent where an earlier exception has told of the failure already, and when the
    /// process ends and takes everything with it.
    /// </summary>
    internal void CheckRelease(CUresult result, string call)
    {
        if (result is CUresult.CUDA_SUCCESS or CUresult.CUDA_ERROR_DEINITIALIZED || _failed) return;
        throw Error(result, call);
    }

    /// <summary>As the other, for what was given back after the device had been waited for. Both calls have been made.</summary>
    internal void CheckRelease(CUresult synchronized, CUresult released, string call)
    {
        CheckRelease(synchronized, nameof(Driver.cuCtxSynchronize));
        CheckRelease(released, call);
    }

    /// <summary>Makes the context current so that something can be given back; false where the driver no longer does that.</summary>
    internal bool UseForRelease()
    {
        CUresult result = Driver.cuCtxSetCurrent(_handle);
        CheckRelease(result, nameof(Driver.cuCtxSetCurrent));
        return result == CUresult.CUDA_SUCCESS;
    }

    /// <summary>Remembers a failure from which the context does not recover.</summary>
    internal void Note(CUresult result) => _failed |= DriverAdvice.IsFatal(result);
}
