namespace Transformer.Compiled.Cuda.Simulation;

/// <summary>What a stream is asked for.</summary>
internal enum WorkKind
{
    Launch,
    HostToDevice,
    DeviceToHost,
    DeviceToDevice,
    Fill,
    Record,
    Wait,
}

/// <summary>One piece of a stream's work. Arguments of kernels are frozen in the list that it is in; host memory is read when its turn comes.</summary>
internal record struct WorkItem(WorkKind Kind)
{
    public SimulatedModule? Module { get; init; }

    public KernelLaunch Launch { get; init; }

    public int ParameterOffset { get; set; }

    public int ParameterBytes { get; set; }

    public ulong Destination { get; init; }

    public ulong Source { get; init; }

    public nint Host { get; init; }

    public long Bytes { get; init; }

    public uint Word { get; init; }

    public SimulatedEvent? Event { get; init; }

    /// <summary>Which recording of the event is meant.</summary>
    public long Ticket { get; init; }
}

/// <summary>Work in order. Once it has grown, it allocates nothing.</summary>
internal sealed class WorkList
{
    private readonly List<WorkItem> _items = new(1024);
    private byte[] _parameters = new byte[1 << 16];
    private int _parameterBytes;

    public int Count => _items.Count;

    public WorkItem this[int index] => _items[index];

    public ReadOnlySpan<byte> ParametersOf(in WorkItem item) => _parameters.AsSpan(item.ParameterOffset, item.ParameterBytes);

    public void Add(WorkItem item, ReadOnlySpan<byte> parameters = default)
    {
        while (_parameterBytes + parameters.Length > _parameters.Length) Array.Resize(ref _parameters, 2 * _parameters.Length);
        parameters.CopyTo(_parameters.AsSpan(_parameterBytes));
        item.ParameterOffset = _parameterBytes;
        item.ParameterBytes = parameters.Length;
        _parameterBytes += parameters.Length;
        _items.Add(item);
    }

    public void Add(WorkList other)
    {
        for (int index = 0; index < other.Count; index++) Add(other[index], other.ParametersOf(other[index]));
    }

    public void Clear()
    {
        _items.Clear();
        _parameterBytes = 0;
    }
}
