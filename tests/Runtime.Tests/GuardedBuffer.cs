using System.Runtime.InteropServices;
using Transformer.Compiled.Memory;

namespace Runtime.Tests;

/// <summary>
/// Native memory between two guard zones, for kernels that must not write past their operands. The elements
/// start on a 64-byte boundary and, for floats, as NaN, so that reading what was never written shows as well.
/// </summary>
public sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int GuardBytes = 256;
    private const byte Canary = 0xFF;

    private readonly byte* _memory;
    private readonly nuint _bytes;

    /// <summary>A buffer of <paramref name="length"/> elements that ends exactly at its rear guard.</summary>
    public GuardedBuffer(int length)
    {
        Length = length;
        _bytes = (nuint)length * (nuint)sizeof(T);
        _memory = (byte*)NativeMemory.AlignedAlloc(_bytes + (2 * GuardBytes), 64);
        NativeMemory.Fill(_memory, _bytes + (2 * GuardBytes), Canary);
    }

    public GuardedBuffer(ReadOnlySpan<T> values)
        : this(values.Length) => values.CopyTo(Span);

    public int Length { get; }

    public Pointer<T> Pointer => new((T*)(_memory + GuardBytes));

    public Span<T> Span => new(_memory + GuardBytes, Length);

    public ref T this[int index] => ref Span[index];

    public static implicit operator Pointer<T>(GuardedBuffer<T> buffer) => buffer.Pointer;

    public void Fill(T value) => Span.Fill(value);

    public T[] ToArray() => Span.ToArray();

    /// <summary>Throws when something was written before the first or behind the last element.</summary>
    public void Verify()
    {
        Check(_memory, "before the first");
        Check(_memory + GuardBytes + _bytes, "behind the last");
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private static void Check(byte* guard, string where)
    {
        int touched = new ReadOnlySpan<byte>(guard, GuardBytes).IndexOfAnyExcept(Canary);
        if (touched >= 0) throw new InvalidOperationException($"A kernel wrote {where} element of its operand (guard byte {touched}).");
    }
}
