using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Checkpoints;

/// <summary>
/// A safetensors file, mapped into memory. <see cref="Open"/> checks the whole header; after it, every tensor is known to lie inside the file.
/// Reads may run on several threads at once, but not beside <see cref="Dispose"/>. The file must not be cut short while it is open.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>Elements that are widened at a time, so that lengths in bytes stay within an Int32.</summary>
    private const int ChunkElements = 1 << 24;

    private readonly MappedFile _file;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(string path, MappedFile file, SafetensorsHeader header)
    {
        Path = path;
        _file = file;
        _header = header;
        Names = header.Tensors.ConvertAll(tensor => tensor.Name);
    }

    /// <summary>The path given to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>The names of the tensors, by place in the file.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The tensors, by place in the file.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => _header.Tensors;

    /// <summary>The strings under <c>__metadata__</c>; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="CheckpointException">It is not a valid safetensors file.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new SafetensorsFile(path, file, SafetensorsHeader.Read(path, file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Contains(string name) => _header.Find(name) is not null;

    /// <summary>What the header says about a tensor.</summary>
    /// <exception cref="CheckpointException">There is none of that name.</exception>
    public SafetensorsTensor Tensor(string name) =>
        _header.Find(name) ?? throw new CheckpointException(Path, name, $"there is no tensor '{name}'{Names.Nearest(name)}");

    /// <summary>Reads a whole tensor of type F32, F16 or BF16, widened to single precision.</summary>
    /// <exception cref="CheckpointException">It is missing, or of another type.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another number of elements.</exception>
    public void ReadFloat32(string name, Span<float> destination) => Read(Whole(name, destination.Length), 0, destination);

    /// <summary>
    /// Reads elements of a tensor of type F32, F16 or BF16 from <paramref name="first"/> on, in row-major order, widened to single precision.
    /// </summary>
    /// <exception cref="CheckpointException">It is missing, or of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The elements are not all inside the tensor.</exception>
    public void ReadFloat32(string name, long first, Span<float> destination) => Read(Tensor(name), first, destination);

    /// <summary>Reads a whole tensor of type I64 or I32.</summary>
    /// <exception cref="CheckpointException">It is missing, or of another type.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another number of elements.</exception>
    public void ReadInt64(string name, Span<long> destination)
    {
        SafetensorsTensor tensor = Whole(name, destination.Length);
        switch (tensor.Type)
        {
            case SafetensorsType.Int64:
                for (int index = 0; index < destination.Length; index++)
                    destination[index] = MemoryMarshal.Read<long>(Bytes(tensor, index, 1));
                break;
            case SafetensorsType.Int32:
                for (int index = 0; index < destination.Length; index++)
                    destination[index] = MemoryMarshal.Read<int>(Bytes(tensor, index, 1));
                break;
            default:
                throw WrongType(tensor, "I64 or I32");
        }
    }

    /// <summary>
    /// Copies bytes of a tensor of any type, as they are in the file (little-endian), from byte <paramref name="first"/> of the tensor on.
    /// </summary>
    /// <exception cref="CheckpointException">There is no tensor of that name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are not all inside the tensor.</exception>
    public void ReadBytes(string name, long first, Span<byte> destination)
    {
        SafetensorsTensor tensor = Tensor(name);
        CheckRange(tensor, first, destination.Length, tensor.End - tensor.Begin, "bytes");
        _file.Slice(_header.DataStart + tensor.Begin + first, destination.Length).CopyTo(destination);
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose() => _file.Dispose();

    internal static bool IsFloat(SafetensorsType type) => type is SafetensorsType.Float32 or SafetensorsType.Float16 or SafetensorsType.BFloat16;

    internal CheckpointException WrongType(SafetensorsTensor tensor, string expected) =>
        new(Path, tensor.Name, $"tensor '{tensor.Name}' has elements of type {tensor.Type.Name()}, but {expected} is needed");

    internal void Read(SafetensorsTensor tensor, long first, Span<float> destination)
    {
        if (!IsFloat(tensor.Type)) throw WrongType(tensor, "F32, F16 or BF16");
        CheckRange(tensor, first, destination.Length, tensor.Count, "elements");
        while (!destination.IsEmpty)
        {
            int count = Math.Min(destination.Length, ChunkElements);
            Widen(tensor.Type, Bytes(tensor, first, count), destination[..count]);
            first += count;
            destination = destination[count..];
        }
    }

    private static void Widen(SafetensorsType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case SafetensorsType.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case SafetensorsType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            default:
                WidenBFloat16(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<float, uint>(destination));
                break;
        }
    }

    /// <summary>A bfloat16 is the upper half of a single.</summary>
    private static void WidenBFloat16(ReadOnlySpan<ushort> source, Span<uint> destination)
    {
        int index = 0;
        for (; index <= source.Length - Vector<ushort>.Count; index += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[index..]), out Vector<uint> low, out Vector<uint> high);
            (low << 16).CopyTo(destination[index..]);
            (high << 16).CopyTo(destination[(index + Vector<uint>.Count)..]);
        }

        for (; index < source.Length; index++) destination[index] = (uint)source[index] << 16;
    }

    private SafetensorsTensor Whole(string name, int length)
    {
        SafetensorsTensor tensor = Tensor(name);
        return tensor.Count == length
            ? tensor
            : throw new ArgumentException($"{Path}: tensor '{name}' of shape {Shapes.Text(tensor.Shape)} has {tensor.Count} elements, not {length}.");
    }

    private ReadOnlySpan<byte> Bytes(SafetensorsTensor tensor, long first, int count)
    {
        int size = tensor.Type.Bits() / 8;
        return _file.Slice(_header.DataStart + tensor.Begin + first * size, count * size);
    }

    private void CheckRange(SafetensorsTensor tensor, long first, int length, long count, string units)
    {
        if (first >= 0 && first <= count - length) return;
        throw new ArgumentOutOfRangeException(
            nameof(first), first, $"{Path}: {length} {units} from {first} on are not all inside tensor '{tensor.Name}', which has {count}.");
    }
}
