using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Memory;

/// <summary>Owned native memory: 64-byte aligned, zeroed, freed by <see cref="Dispose"/> or the finalizer.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 64;

    private T* _memory;

    public NativeBuffer(nint count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Length = count;
        nuint bytes = checked((nuint)count * (nuint)sizeof(T));
        _memory = (T*)NativeMemory.AlignedAlloc(Math.Max(bytes, Alignment), Alignment);
        NativeMemory.Clear(_memory, bytes);
    }

    ~NativeBuffer() => Free();

    public nint Length { get; }

    public Pointer<T> Pointer => new(_memory);

    public Span<T> Span(nint offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Span<T>(_memory + offset, length);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
