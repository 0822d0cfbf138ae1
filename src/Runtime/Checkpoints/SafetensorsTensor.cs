namespace Transformer.Compiled.Checkpoints;

/// <summary>What the header of a safetensors file says about one tensor.</summary>
public sealed class SafetensorsTensor
{
    private readonly long[] _shape;

    internal SafetensorsTensor(string name, SafetensorsType type, long[] shape, long count, long begin, long end)
    {
        Name = name;
        Type = type;
        _shape = shape;
        Count = count;
        Begin = begin;
        End = end;
    }

    /// <summary>The name, once in a file.</summary>
    public string Name { get; }

    /// <summary>The type of the elements.</summary>
    public SafetensorsType Type { get; }

    /// <summary>The dimensions, slowest first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The number of elements: the product of <see cref="Shape"/>.</summary>
    public long Count { get; }

    /// <summary>The first byte, counted from the end of the header.</summary>
    internal long Begin { get; }

    /// <summary>The byte after the last, counted from the end of the header.</summary>
    internal long End { get; }
}
