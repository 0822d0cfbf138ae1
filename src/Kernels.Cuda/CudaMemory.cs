using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// Memory of the device in one piece, of which a plan gives out regions by offset (<see cref="Pointer"/> + bytes). It begins at a multiple of 256
/// bytes. What it holds at first is undefined.
/// </summary>
public sealed unsafe class CudaMemory : CudaResource
{
    private readonly ulong _address;

    /// <summary>Allocates.</summary>
    /// <param name="context">The device.</param>
    /// <param name="length">Bytes, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    /// <exception cref="CudaException">The device has not that much; the message says how much it has.</exception>
    public CudaMemory(CudaContext context, long length)
        : base(context)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ICudaDriver driver = context.UseOutsideRecordings();
        ulong address = 0;
        CUresult result = driver.cuMemAlloc_v2(&address, checked((nuint)length));
        if (result != CUresult.CUDA_SUCCESS) throw context.Error(result, nameof(driver.cuMemAlloc_v2), Circumstances(driver, length));
        _address = address;
        Length = length;
        Attach();
    }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Its beginning.</summary>
    public CudaPointer Pointer => new(this, 0);

    /// <summary>The device's address of a range, for a call of the driver.</summary>
    internal ulong Address(long offset, long bytes)
    {
        RequireLive();
        if (bytes < 0 || bytes > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"Bytes {offset} to {offset + bytes} are not all in a memory of {Length} bytes.");
        return _address + (ulong)offset;
    }

    private protected override void Release()
    {
        // Whatever still reads or writes it has to end first: that the driver waits by itself is not documented.
        ICudaDriver driver = Context.Driver;
        Context.CheckRelease(driver.cuCtxSynchronize(), driver.cuMemFree_v2(_address), nameof(driver.cuMemFree_v2));
    }

    private string Circumstances(ICudaDriver driver, long length)
    {
        nuint free = 0, total = 0;
        return driver.cuMemGetInfo_v2(&free, &total) == CUresult.CUDA_SUCCESS
            ? FormattableString.Invariant($"Asked for {length} bytes; {free} of the {total} bytes of {Context.Device.Name} are free.")
            : FormattableString.Invariant($"Asked for {length} bytes of {Context.Device.Name}.");
    }
}
