using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Transformer.Compiled.Cuda.Simulation;

/// <summary>A device that has memory and notes launches, but executes nothing. It allocates nothing for a launch, until <see cref="Capacity"/> of them.</summary>
internal sealed unsafe partial class NotingEngine : IDeviceEngine
{
    private const int Capacity = 4096;

    private readonly Dictionary<ulong, long> _regions = [];
    private readonly List<(string Kernel, ulong FirstArgument)> _launches = new(Capacity);

    /// <summary>The kernels that ran, in order, each with its first argument.</summary>
    public IReadOnlyList<(string Kernel, ulong FirstArgument)> Launches => _launches;

    public ulong Allocate(long bytes)
    {
        ulong address = (ulong)NativeMemory.AlignedAlloc((nuint)bytes, 256);
        new Span<byte>((void*)address, checked((int)bytes)).Fill(0xFF);
        _regions.Add(address, bytes);
        return address;
    }

    public void Free(ulong address)
    {
        if (!_regions.Remove(address)) throw new InvalidOperationException($"0x{address:X} is not allocated.");
        NativeMemory.AlignedFree((void*)address);
    }

    public Span<byte> Memory(ulong address, long bytes)
    {
        foreach ((ulong start, long length) in _regions)
        {
            if (address >= start && address + (ulong)bytes <= start + (ulong)length) return new Span<byte>((void*)address, checked((int)bytes));
        }

        throw new InvalidOperationException($"{bytes} bytes at 0x{address:X} are not allocated.");
    }

    public object LoadModule(string text)
    {
        if (!text.StartsWith(".version", StringComparison.Ordinal)) throw new InvalidOperationException("line 1: expected .version");
        return Entry().Matches(text).ToDictionary(
            entry => entry.Groups["name"].Value,
            entry => new KernelFacts(
                [.. Parameter().Matches(entry.Groups["parameters"].Value).Select(parameter => int.Parse(parameter.Groups["bits"].Value) / 8)],
                SharedBytes: 0,
                ThreadsPerBlock: 1024));
    }

    public KernelFacts? Find(object module, string name) => ((Dictionary<string, KernelFacts>)module).GetValueOrDefault(name);

    public void Launch(object module, in KernelLaunch launch, ReadOnlySpan<byte> parameters) =>
        _launches.Add((launch.Kernel, parameters.Length >= sizeof(ulong) ? MemoryMarshal.Read<ulong>(parameters) : 0));

    public void Dispose()
    {
        foreach (ulong address in _regions.Keys) NativeMemory.AlignedFree((void*)address);
        _regions.Clear();
    }

    [GeneratedRegex(@"\.entry\s+(?<name>\w+)\s*\((?<parameters>[^)]*)\)")]
    private static partial Regex Entry();

    [GeneratedRegex(@"\.param\s+\.[usbf](?<bits>\d+)")]
    private static partial Regex Parameter();
}
