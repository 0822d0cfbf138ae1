using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// Memory of the host that the device copies from and to by itself while the caller goes on (pinned, page-locked). It is scarce: a staging area, not a
/// home for weights. It begins at a multiple of 256 bytes and is zero at first.
/// </summary>
public sealed unsafe class CudaHostMemory : CudaResource
{
    private readonly byte* _address;

    /// <summary>Allocates.</summary>
    /// <param name="context">The device.</param>
    /// <param name="length">Bytes, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    /// <exception cref="CudaException">The system cannot lock that much.</exception>
    public CudaHostMemory(CudaContext context, long length)
        : base(context)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ICudaDriver driver = context.UseOutsideRecordings();
        void* address = null;
        CUresult result = driver.cuMemHostAlloc(&address, checked((nuint)length), 0);
        if (result != CUresult.CUDA_SUCCESS)
            throw context.Error(result, nameof(driver.cuMemHostAlloc), FormattableString.Invariant($"Asked for {length} bytes of pinned memory of the host."));

        _address = (byte*)address;
        Length = length;
        System.Runtime.InteropServices.NativeMemory.Clear(_address, (nuint)length);
        Attach();
    }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>
    /// A view of <paramref name="count"/> elements, valid until the memory is disposed of. While a copy is under way, its bytes must not be written,
    /// nor read where the device writes them.
    /// </summary>
    /// <param name="offset">Bytes from the beginning, a multiple of the element's size.</param>
    /// <param name="count">Elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the memory, or the offset is no multiple.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed of.</exception>
    public Span<T> Span<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (offset % sizeof(T) != 0) throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The offset is no multiple of {sizeof(T)} bytes.");
        return new Span<T>(Address(offset, (long)count * sizeof(T)), count);
    }

    /// <summary>The address of a range, for a call of the driver.</summary>
    internal byte* Address(long offset, long bytes)
    {
        RequireLive();
        if (offset < 0 || bytes < 0 || offset > Length || bytes > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{bytes} bytes from byte {offset} on are not all in a memory of {Length} bytes.");
        return _address + offset;
    }

    private protected override void Release()
    {
        ICudaDriver driver = Context.Driver;
        Context.CheckRelease(driver.cuCtxSynchronize(), driver.cuMemFreeHost(_address), nameof(driver.cuMemFreeHost));
    }
}
