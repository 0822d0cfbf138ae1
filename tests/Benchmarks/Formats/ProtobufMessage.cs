using System.Buffers.Binary;
using System.Text;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>A message in Protocol Buffers' wire format: fields as they are added; large ones are not copied.</summary>
internal sealed class ProtobufMessage
{
    private const int VarintType = 0, BytesType = 2, Fixed32Type = 5;
    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    public long Length { get; private set; }

    public ProtobufMessage Add(int field, long value)
    {
        Head(field, VarintType, (ulong)value);
        return this;
    }

    public ProtobufMessage Add(int field, float value)
    {
        byte[] bits = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bits, value);
        Append(Varint(Tag(field, Fixed32Type)));
        Append(bits);
        return this;
    }

    public ProtobufMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    public ProtobufMessage Add(int field, ReadOnlyMemory<byte> value)
    {
        Head(field, BytesType, (ulong)value.Length);
        Append(value);
        return this;
    }

    public ProtobufMessage Add(int field, ProtobufMessage value)
    {
        Head(field, BytesType, (ulong)value.Length);
        foreach (ReadOnlyMemory<byte> part in value._parts) Append(part);
        return this;
    }

    public void Save(string path)
    {
        using FileStream stream = File.Create(path);
        foreach (ReadOnlyMemory<byte> part in _parts) stream.Write(part.Span);
    }

    private static ulong Tag(int field, int type) => ((ulong)field << 3) | (uint)type;

    /// <summary>Seven bits a byte, the lowest first; all but the last have the eighth set.</summary>
    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private void Head(int field, int type, ulong value)
    {
        Append(Varint(Tag(field, type)));
        Append(Varint(value));
    }

    private void Append(ReadOnlyMemory<byte> part)
    {
        _parts.Add(part);
        Length += part.Length;
    }
}
