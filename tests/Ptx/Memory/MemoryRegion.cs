namespace Transformer.Compiled.Ptx;

/// <summary>An allocation: device addresses from <see cref="Start"/> on, and the host memory that stands for them.</summary>
internal sealed unsafe class MemoryRegion(ulong start, ulong bytes, byte* data)
{
    public ulong Start { get; } = start;

    public ulong Bytes { get; } = bytes;

    public byte* Data { get; } = data;

    /// <summary>Who wrote and read its words during a launch; made when races are looked for.</summary>
    public GlobalShadow? Shadow { get; set; }

    public bool Contains(ulong address, ulong count) => address >= Start && address - Start <= Bytes && count <= Bytes - (address - Start);
}
