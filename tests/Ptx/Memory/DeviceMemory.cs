using System.Runtime.InteropServices;

namespace Transformer.Compiled.Ptx;

/// <summary>
/// Device memory: regions of bytes, apart from each other, so that an access beyond the end of one never falls into the next. New regions are filled with
/// 0xFF (a NaN, an index of -1), so that nothing reads zeros that it did not write.
/// </summary>
public sealed unsafe class DeviceMemory : IDisposable
{
    /// <summary>Device addresses begin here; shared memory has a window below.</summary>
    internal const ulong FirstAddress = 0x10_0000_0000;

    /// <summary>Bytes that belong to nobody between two regions.</summary>
    private const ulong Gap = 4096;

    private readonly List<MemoryRegion> _regions = [];
    private readonly List<(ulong Start, ulong Bytes)> _freed = [];
    private ulong _next = FirstAddress;

    internal DeviceMemory()
    {
    }

    /// <summary>Frees what nobody has freed.</summary>
    ~DeviceMemory() => Dispose();

    /// <summary>The bytes of all regions.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>The number of regions.</summary>
    public int Regions => _regions.Count;

    /// <summary>A new region.</summary>
    /// <param name="bytes">Its size; 0 gives an address that cannot be accessed.</param>
    /// <param name="alignment">A power of two.</param>
    /// <returns>The address of its first byte.</returns>
    public ulong Allocate(long bytes, int alignment = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (int.PopCount(alignment) != 1) throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "It has to be a power of two.");
        ulong start = (_next + Gap + (ulong)alignment - 1) & ~((ulong)alignment - 1);
        byte* data = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), 64);
        NativeMemory.Fill(data, (nuint)bytes, 0xFF);
        _regions.Add(new MemoryRegion(start, (ulong)bytes, data));
        _next = start + (ulong)bytes;
        AllocatedBytes += bytes;
        return start;
    }

    /// <summary>Gives a region back.</summary>
    /// <exception cref="PtxException">The address is not the first of a region.</exception>
    public void Free(ulong address)
    {
        int index = IndexOf(address);
        if (index < 0 || _regions[index].Start != address) throw new PtxException(0, $"0x{address:X} is freed, but is not the first address of a region; {Nearest(address)}.");
        var region = _regions[index];
        _regions.RemoveAt(index);
        _freed.Add((region.Start, region.Bytes));
        AllocatedBytes -= (long)region.Bytes;
        NativeMemory.AlignedFree(region.Data);
    }

    /// <summary>Writes from the host.</summary>
    /// <exception cref="PtxException">The bytes are not inside of one region.</exception>
    public void Write(ulong address, ReadOnlySpan<byte> source) => source.CopyTo(Span(address, source.Length));

    /// <summary>Reads to the host.</summary>
    /// <exception cref="PtxException">The bytes are not inside of one region.</exception>
    public void Read(ulong address, Span<byte> destination) => Span(address, destination.Length).CopyTo(destination);

    /// <summary>The bytes at an address, as the host sees them until the region is freed.</summary>
    /// <exception cref="PtxException">The bytes are not inside of one region.</exception>
    public Span<byte> Span(ulong address, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var region = Find(address, (ulong)bytes)
            ?? throw new PtxException(0, $"{bytes} bytes at 0x{address:X} are not inside of one region of device memory; {Nearest(address)}.");
        return new Span<byte>(region.Data + (address - region.Start), bytes);
    }

    /// <summary>Frees all regions.</summary>
    public void Dispose()
    {
        foreach (var region in _regions) NativeMemory.AlignedFree(region.Data);
        _regions.Clear();
        AllocatedBytes = 0;
        GC.SuppressFinalize(this);
    }

    /// <summary>The region that has these bytes; null if none has them all.</summary>
    internal MemoryRegion? Find(ulong address, ulong bytes)
    {
        int index = IndexOf(address);
        return index >= 0 && _regions[index].Contains(address, bytes) ? _regions[index] : null;
    }

    /// <summary>What lies about an address that is in no region, for messages.</summary>
    internal string Nearest(ulong address)
    {
        foreach (var (start, bytes) in _freed)
            if (address >= start && address - start < Math.Max(bytes, 1)) return $"the address is {address - start} bytes into a region of {bytes} that was freed";
        int index = IndexOf(address);
        string? below = index >= 0 ? $"it is {address - _regions[index].Start} bytes from the start of a region of {_regions[index].Bytes} bytes at 0x{_regions[index].Start:X}" : null;
        string? above = index + 1 < _regions.Count ? $"{_regions[index + 1].Start - address} bytes before the region at 0x{_regions[index + 1].Start:X}" : null;
        return (below, above) switch
        {
            (null, null) => "there are no regions",
            (null, _) => $"it is {above}",
            (_, null) => below,
            _ => $"{below}, and {above}",
        };
    }

    /// <summary>The region that begins at or last before an address; -1 if there is none.</summary>
    private int IndexOf(ulong address)
    {
        int low = 0, high = _regions.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (_regions[middle].Start <= address) low = middle + 1;
            else high = middle - 1;
        }

        return high;
    }

    internal IReadOnlyList<MemoryRegion> All => _regions;
}
