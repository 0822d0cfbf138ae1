using System.Runtime.InteropServices;

namespace Transformer.Compiled.Checkpoints;

/// <summary>Fills <paramref name="destination"/> with a tensor's elements from <paramref name="first"/> on, in row-major order.</summary>
public delegate void TensorSource<T>(long first, Span<T> destination);

/// <summary>A tensor to be written: what it is, and who supplies its elements, a part at a time and in order.</summary>
public sealed class SafetensorsEntry
{
    private readonly long[] _shape;

    private SafetensorsEntry(string name, SafetensorsType type, ReadOnlySpan<long> shape, TensorSource<byte> fill)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == SafetensorsHeader.MetadataName) throw new ArgumentException($"No tensor can be named '{name}', which is the metadata.", nameof(name));
        long count = 1;
        foreach (long dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(shape));
            count = checked(count * dimension);
        }

        Name = name;
        Type = type;
        _shape = shape.ToArray();
        ByteCount = type.Bytes(count);
        Fill = fill;
    }

    /// <summary>The name under which the file will have it.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public SafetensorsType Type { get; }

    /// <summary>The dimensions, slowest first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    internal long ByteCount { get; }

    /// <summary>Fills bytes from an offset on; both are multiples of the element's size.</summary>
    internal TensorSource<byte> Fill { get; }

    /// <summary>A tensor of type F32.</summary>
    /// <param name="name">Its name in the file; not <c>__metadata__</c>.</param>
    /// <param name="shape">The dimensions, slowest first; empty for a scalar.</param>
    /// <param name="source">Supplies the elements, in order.</param>
    /// <exception cref="ArgumentException">It has the name of the metadata.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    /// <exception cref="OverflowException">The bytes are more than an <see cref="long"/> counts.</exception>
    public static SafetensorsEntry Float32(string name, ReadOnlySpan<long> shape, TensorSource<float> source) =>
        Elements(name, SafetensorsType.Float32, shape, source);

    /// <summary>A tensor of type I64.</summary>
    /// <param name="name">Its name in the file; not <c>__metadata__</c>.</param>
    /// <param name="shape">The dimensions, slowest first; empty for a scalar.</param>
    /// <param name="source">Supplies the elements, in order.</param>
    /// <exception cref="ArgumentException">It has the name of the metadata.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    /// <exception cref="OverflowException">The bytes are more than an <see cref="long"/> counts.</exception>
    public static SafetensorsEntry Int64(string name, ReadOnlySpan<long> shape, TensorSource<long> source) =>
        Elements(name, SafetensorsType.Int64, shape, source);

    /// <summary>
    /// A tensor of any type; <paramref name="source"/> counts bytes and supplies them as they are to stand in the file (little-endian).
    /// </summary>
    /// <param name="name">Its name in the file; not <c>__metadata__</c>.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">The dimensions, slowest first; empty for a scalar.</param>
    /// <param name="source">Supplies the bytes, in order.</param>
    /// <exception cref="ArgumentException">It has the name of the metadata.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    /// <exception cref="OverflowException">The bytes are more than an <see cref="long"/> counts, or not a whole number of them.</exception>
    public static SafetensorsEntry Raw(string name, SafetensorsType type, ReadOnlySpan<long> shape, TensorSource<byte> source) =>
        new(name, type, shape, source);

    private static SafetensorsEntry Elements<T>(string name, SafetensorsType type, ReadOnlySpan<long> shape, TensorSource<T> source)
        where T : unmanaged
    {
        int size = type.Bits() / 8;
        return new(name, type, shape, (first, bytes) => source(first / size, MemoryMarshal.Cast<byte, T>(bytes)));
    }
}
