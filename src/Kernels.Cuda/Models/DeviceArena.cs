using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Cuda;

/// <summary>Plans the regions of one piece of device memory, each beginning at a multiple of 64 bytes, and allocates it.</summary>
internal sealed class DeviceArena
{
    private readonly List<(string Name, nint Offset)> _regions = [];
    private MemoryPlan _plan;

    /// <summary>Sets so many elements of 4 bytes aside.</summary>
    public DeviceArena With(string name, nint elements)
    {
        nint offset = _plan.Take(elements);
        if (elements > 0) _regions.Add((name, offset));
        return this;
    }

    /// <summary>Allocates all regions, which are not written, and notes where they are.</summary>
    /// <exception cref="CudaException">The device has not that much memory; the message says how much it has.</exception>
    public CudaMemory Allocate(LauncherPlaces places)
    {
        var memory = new CudaMemory(places.Stream.Context, (long)_plan.Length * sizeof(float));
        foreach ((string name, nint offset) in _regions) places[name] = memory.Pointer + (long)offset * sizeof(float);
        return memory;
    }
}
