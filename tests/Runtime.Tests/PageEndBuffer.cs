using System.Runtime.InteropServices;
using Transformer.Compiled.Memory;

namespace Runtime.Tests;

/// <summary>
/// Floats that end where a page ends which nobody may touch: reading or writing one element too many kills the process (on Linux;
/// elsewhere it is plain memory). Unlike other buffers these are not aligned to vectors.
/// </summary>
internal sealed unsafe partial class PageEndBuffer : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _pages;
    private readonly nint _bytes;
    private readonly float* _floats;

    public PageEndBuffer(ReadOnlySpan<float> values)
    {
        nint page = Environment.SystemPageSize;
        nint used = ((nint)values.Length * sizeof(float) + page - 1) / page * page;
        _bytes = used + page;
        _pages = OperatingSystem.IsLinux() ? Map(0, _bytes, ReadWrite, PrivateAnonymous, -1, 0) : (byte*)NativeMemory.Alloc((nuint)_bytes);
        if ((nint)_pages == -1 || (OperatingSystem.IsLinux() && Protect(_pages + used, page, 0) != 0)) throw new InvalidOperationException("No guarded pages.");
        Length = values.Length;
        _floats = (float*)(_pages + used) - values.Length;
        values.CopyTo(Span);
    }

    public int Length { get; }

    public Pointer<float> Pointer => new(_floats);

    public Span<float> Span => new(_floats, Length);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) _ = Unmap(_pages, _bytes);
        else NativeMemory.Free(_pages);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(byte* address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* address, nint length);
}
