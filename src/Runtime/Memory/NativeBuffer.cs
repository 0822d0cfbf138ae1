using System.Runtime.InteropServices;

namespace Transformer.Compiled.Memory;

/// <summary>Zeroed native memory, aligned to 64 bytes, outside the garbage collector's heap. It is freed by <see cref="Dispose"/>, or at the latest by the finalizer.</summary>
/// <remarks>The system gives large buffers pages of zeros when they are first touched: what nobody uses of a buffer takes no memory.</remarks>
/// <typeparam name="T">The element type.</typeparam>
public sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 64;

    private void* _allocation;
    private T* _memory;

    /// <summary>Allocates <paramref name="count"/> elements, which are zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative, or its bytes do not fit the address space.</exception>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public NativeBuffer(nint count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, (nint.MaxValue - Alignment) / sizeof(T));
        Length = count;
        _allocation = NativeMemory.AllocZeroed((nuint)count * (nuint)sizeof(T) + Alignment - 1);
        _memory = (T*)(((nuint)_allocation + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>Frees the memory, if nobody has disposed of the buffer.</summary>
    ~NativeBuffer() => Free();

    /// <summary>The number of elements.</summary>
    public nint Length { get; }

    /// <summary>The first element's address; valid until the buffer is disposed of, so the holder must keep the buffer alive.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed of.</exception>
    public Pointer<T> Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory == null, this);
            return new Pointer<T>(_memory);
        }
    }

    /// <summary>A view of <paramref name="length"/> elements from <paramref name="offset"/> on; valid until the buffer is disposed of.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the buffer.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed of.</exception>
    public Span<T> Span(nint offset, int length)
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new Span<T>(_memory + offset, length);
    }

    /// <summary>Frees the memory; a second call does nothing.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_allocation);
        _allocation = null;
        _memory = null;
    }
}
