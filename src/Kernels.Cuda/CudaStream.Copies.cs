using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Cuda;

public sealed unsafe partial class CudaStream
{
    /// <summary>Copies from pinned memory while the caller goes on: the bytes must stay as they are until the stream has come to it. Allocates nothing.</summary>
    /// <param name="source">The host's.</param>
    /// <param name="sourceOffset">Where to begin, in bytes.</param>
    /// <param name="destination">The device's.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A range leaves its memory.</exception>
    /// <exception cref="ObjectDisposedException">The stream or a memory was disposed of.</exception>
    public void CopyToDevice(CudaHostMemory source, long sourceOffset, CudaPointer destination, long bytes)
    {
        byte* from = AddressOf(source, sourceOffset, bytes);
        ulong to = AddressOf(destination, bytes);
        ICudaDriver driver = UseForWork();
        if (bytes > 0) Context.Check(driver.cuMemcpyHtoDAsync_v2(to, from, (nuint)bytes, _handle), nameof(driver.cuMemcpyHtoDAsync_v2));
    }

    /// <summary>Copies to pinned memory while the caller goes on: the bytes are there when the stream has come to it. Allocates nothing.</summary>
    /// <param name="source">The device's.</param>
    /// <param name="destination">The host's.</param>
    /// <param name="destinationOffset">Where to begin, in bytes.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <inheritdoc cref="CopyToDevice" path="/exception"/>
    public void CopyToHost(CudaPointer source, CudaHostMemory destination, long destinationOffset, long bytes)
    {
        ulong from = AddressOf(source, bytes);
        byte* to = AddressOf(destination, destinationOffset, bytes);
        ICudaDriver driver = UseForWork();
        if (bytes > 0) Context.Check(driver.cuMemcpyDtoHAsync_v2(to, from, (nuint)bytes, _handle), nameof(driver.cuMemcpyDtoHAsync_v2));
    }

    /// <summary>Copies between two places of the device's memory that do not overlap. Allocates nothing.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <inheritdoc cref="CopyToDevice" path="/exception"/>
    /// <exception cref="ArgumentException">The places overlap.</exception>
    public void CopyOnDevice(CudaPointer source, CudaPointer destination, long bytes)
    {
        ulong from = AddressOf(source, bytes);
        ulong to = AddressOf(destination, bytes);
        if (from < to + (ulong)bytes && to < from + (ulong)bytes)
            throw new ArgumentException($"{bytes} bytes at {source.Offset} and at {destination.Offset} of one memory overlap.", nameof(destination));

        ICudaDriver driver = UseForWork();
        if (bytes > 0) Context.Check(driver.cuMemcpyDtoDAsync_v2(to, from, (nuint)bytes, _handle), nameof(driver.cuMemcpyDtoDAsync_v2));
    }

    /// <summary>Sets words of four bytes. Allocates nothing.</summary>
    /// <param name="destination">Where, at a multiple of four bytes.</param>
    /// <param name="word">The value.</param>
    /// <param name="count">How many words.</param>
    /// <inheritdoc cref="CopyToDevice" path="/exception"/>
    /// <exception cref="ArgumentException">The place is not at a multiple of four bytes.</exception>
    public void Fill(CudaPointer destination, uint word, long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, long.MaxValue / sizeof(uint));
        ulong to = AddressOf(destination, count * sizeof(uint));
        if (to % sizeof(uint) != 0) throw new ArgumentException($"Byte {destination.Offset} is no multiple of 4.", nameof(destination));
        ICudaDriver driver = UseForWork();
        if (count > 0) Context.Check(driver.cuMemsetD32Async(to, word, (nuint)count, _handle), nameof(driver.cuMemsetD32Async));
    }

    /// <summary>Copies from any memory of the host, and waits until it is there.</summary>
    /// <param name="source">The host's.</param>
    /// <param name="destination">The device's.</param>
    /// <inheritdoc cref="CopyToDevice" path="/exception"/>
    /// <exception cref="InvalidOperationException">This thread records a stream.</exception>
    public void Upload<T>(ReadOnlySpan<T> source, CudaPointer destination)
        where T : unmanaged
    {
        fixed (T* from = source) Upload((byte*)from, destination, (long)source.Length * sizeof(T));
    }

    /// <summary>Copies a part of a buffer with one call, however large it is (weights), and waits until it is there.</summary>
    /// <param name="source">The host's.</param>
    /// <param name="offset">The first element.</param>
    /// <param name="count">How many elements.</param>
    /// <param name="destination">The device's.</param>
    /// <inheritdoc cref="Upload{T}(ReadOnlySpan{T}, CudaPointer)" path="/exception"/>
    public void Upload<T>(NativeBuffer<T> source, nint offset, nint count, CudaPointer destination)
        where T : unmanaged
    {
        Upload(AddressOf(source, offset, count), destination, (long)count * sizeof(T));
        GC.KeepAlive(source);
    }

    /// <summary>Copies to any memory of the host, and waits until it is there.</summary>
    /// <param name="source">The device's.</param>
    /// <param name="destination">The host's.</param>
    /// <inheritdoc cref="Upload{T}(ReadOnlySpan{T}, CudaPointer)" path="/exception"/>
    public void Download<T>(CudaPointer source, Span<T> destination)
        where T : unmanaged
    {
        fixed (T* to = destination) Download(source, (byte*)to, (long)destination.Length * sizeof(T));
    }

    /// <summary>Copies to a part of a buffer with one call, however large it is, and waits until it is there.</summary>
    /// <param name="source">The device's.</param>
    /// <param name="destination">The host's.</param>
    /// <param name="offset">The first element.</param>
    /// <param name="count">How many elements.</param>
    /// <inheritdoc cref="Upload{T}(ReadOnlySpan{T}, CudaPointer)" path="/exception"/>
    public void Download<T>(CudaPointer source, NativeBuffer<T> destination, nint offset, nint count)
        where T : unmanaged
    {
        Download(source, AddressOf(destination, offset, count), (long)count * sizeof(T));
        GC.KeepAlive(destination);
    }

    /// <summary>Copies native memory of the host with one call, and waits until it is there.</summary>
    internal void Upload(Pointer<float> source, nint count, CudaPointer destination) =>
        Upload((byte*)source.Value, destination, (long)count * sizeof(float));

    /// <summary>Copies to native memory of the host with one call, and waits until it is there.</summary>
    internal void Download(CudaPointer source, Pointer<float> destination, nint count) =>
        Download(source, (byte*)destination.Value, (long)count * sizeof(float));

    private void Upload(byte* source, CudaPointer destination, long bytes)
    {
        ICudaDriver driver = UseOutsideRecordings();
        ulong to = AddressOf(destination, bytes);
        if (bytes == 0) return;
        Context.Check(driver.cuMemcpyHtoDAsync_v2(to, source, (nuint)bytes, _handle), nameof(driver.cuMemcpyHtoDAsync_v2));
        Synchronize();
    }

    private void Download(CudaPointer source, byte* destination, long bytes)
    {
        ICudaDriver driver = UseOutsideRecordings();
        ulong from = AddressOf(source, bytes);
        if (bytes == 0) return;
        Context.Check(driver.cuMemcpyDtoHAsync_v2(destination, from, (nuint)bytes, _handle), nameof(driver.cuMemcpyDtoHAsync_v2));
        Synchronize();
    }

    private byte* AddressOf(CudaHostMemory memory, long offset, long bytes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        memory.RequireContext(Context, nameof(memory));
        byte* address = memory.Address(offset, bytes);
        _recording?.Hold(memory);
        return address;
    }

    // A span is too short for large weights; its first element's address will do, since the memory is native and does not move.
    private static byte* AddressOf<T>(NativeBuffer<T> buffer, nint offset, nint count)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Span<T> first = buffer.Span(offset, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, buffer.Length - offset);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first));
    }
}
