using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>A mark in the work of a stream (<see cref="CudaStream.Record"/>), with the time at which the device came to it.</summary>
public sealed unsafe class CudaEvent : CudaResource
{
    private readonly nint _handle;

    /// <summary>Makes an event that is nowhere yet, which counts as reached.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaEvent(CudaContext context)
        : base(context)
    {
        ICudaDriver driver = context.UseOutsideRecordings();
        nint handle = 0;
        context.Check(driver.cuEventCreate(&handle, 0), nameof(driver.cuEventCreate));
        _handle = handle;
        Attach();
    }

    /// <summary>Whether the device has come to it.</summary>
    /// <exception cref="CudaException">Work before it has failed.</exception>
    public bool IsReached
    {
        get
        {
            ICudaDriver driver = UseOutsideRecordings();
            CUresult result = driver.cuEventQuery(_handle);
            if (result == CUresult.CUDA_ERROR_NOT_READY) return false;
            Context.Check(result, nameof(driver.cuEventQuery));
            return true;
        }
    }

    internal nint Handle => _handle;

    /// <summary>Waits until the device has come to it.</summary>
    /// <exception cref="CudaException">Work before it has failed.</exception>
    public void Synchronize()
    {
        ICudaDriver driver = UseOutsideRecordings();
        Context.Check(driver.cuEventSynchronize(_handle), nameof(driver.cuEventSynchronize));
    }

    /// <summary>How long after another event the device came to this one, to about half a microsecond. Both have been recorded and reached.</summary>
    /// <exception cref="CudaException">One has not been recorded or not been reached.</exception>
    public TimeSpan Since(CudaEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        earlier.RequireLive();
        earlier.RequireContext(Context, nameof(earlier));
        ICudaDriver driver = UseOutsideRecordings();
        float milliseconds = 0;
        Context.Check(driver.cuEventElapsedTime(&milliseconds, earlier._handle, _handle), nameof(driver.cuEventElapsedTime));
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    private protected override void Release() =>
        Context.CheckRelease(Context.Driver.cuEventDestroy_v2(_handle), nameof(ICudaDriver.cuEventDestroy_v2));
}
