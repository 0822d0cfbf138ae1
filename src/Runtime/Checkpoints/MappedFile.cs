using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Transformer.Compiled.Checkpoints;

/// <summary>A whole file mapped read-only, whose bytes are only handed out as spans that lie inside it.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeMemoryMappedViewHandle? _handle;
    private byte* _start;

    public MappedFile(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            Length = stream.Length;
            if (Length == 0)
            {
                stream.Dispose();
                return;
            }

            _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            _handle = _view.SafeMemoryMappedViewHandle;
            _handle.AcquirePointer(ref _start);
        }
        catch
        {
            _view?.Dispose();
            _map?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Bytes in the file when it was opened.</summary>
    public long Length { get; }

    /// <summary>Bytes <paramref name="offset"/> … <paramref name="offset"/> + <paramref name="length"/> − 1, valid until disposal.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all inside the file.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        if (length == 0) return [];
        ObjectDisposedException.ThrowIf(_start == null, this);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    public void Dispose()
    {
        if (_start == null) return;
        _start = null;
        _handle!.ReleasePointer();
        _view!.Dispose();
        _map!.Dispose();
    }
}
