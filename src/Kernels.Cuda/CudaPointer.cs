namespace Transformer.Compiled.Cuda;

/// <summary>A place in a <see cref="CudaMemory"/>, which it knows, so that nothing is done with memory that was disposed of. The default value is none.</summary>
public readonly struct CudaPointer
{
    private readonly CudaMemory? _memory;

    internal CudaPointer(CudaMemory memory, long offset)
    {
        _memory = memory;
        Offset = offset;
    }

    /// <summary>Where it points to.</summary>
    /// <exception cref="InvalidOperationException">The pointer is none.</exception>
    public CudaMemory Memory => _memory ?? throw new InvalidOperationException("The pointer points to no memory.");

    /// <summary>Bytes from the memory's beginning.</summary>
    public long Offset { get; }

    /// <summary>The place so many bytes further on; the memory's end is the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside the memory.</exception>
    public static CudaPointer operator +(CudaPointer pointer, long bytes)
    {
        CudaMemory memory = pointer.Memory;
        long offset = pointer.Offset + bytes;
        if (offset < 0 || offset > memory.Length)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"Byte {offset} is outside a memory of {memory.Length} bytes.");
        return new CudaPointer(memory, offset);
    }

    /// <summary>The device's address, where so many bytes have to lie.</summary>
    internal ulong Address(long bytes) => Memory.Address(Offset, bytes);
}
