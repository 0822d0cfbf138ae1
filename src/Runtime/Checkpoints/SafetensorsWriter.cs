using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Transformer.Compiled.Checkpoints;

/// <summary>Writes safetensors files, with the order, offsets and padding that the format's own library would choose.</summary>
public static class SafetensorsWriter
{
    /// <summary>Headers are padded with spaces to a multiple of this, so that data is aligned.</summary>
    private const int HeaderAlignment = 8;

    private const int ChunkBytes = 1 << 16;

    /// <summary>The metadata that Hugging Face's loaders look for: tensors are laid out as PyTorch has them.</summary>
    public static IReadOnlyDictionary<string, string> PyTorchMetadata { get; } = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>
    /// Writes the entries, wider types first and then by name. The file is written beside its place, flushed to disk and renamed: if that fails
    /// at any point, or a source throws, a file that was there before stays as it was.
    /// </summary>
    /// <exception cref="ArgumentException">Two entries have one name.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <param name="path">The file, in a folder that exists.</param>
    /// <param name="entries">The tensors.</param>
    /// <param name="metadata">What stands under <c>__metadata__</c>; none when empty.</param>
    /// <exception cref="OverflowException">The bytes of all tensors are more than an <see cref="long"/> counts.</exception>
    public static void Write(string path, IEnumerable<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        List<SafetensorsEntry> sorted = [.. entries];
        sorted.Sort((left, right) => left.Type != right.Type ? right.Type.CompareTo(left.Type) : string.CompareOrdinal(left.Name, right.Name));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in sorted)
        {
            if (!names.Add(entry.Name)) throw new ArgumentException($"Two tensors are named '{entry.Name}'.", nameof(entries));
        }

        byte[] header = Header(sorted, metadata, out long dataLength);
        AtomicFile.Write(path, header.Length + dataLength, stream =>
        {
            stream.Write(header);
            var chunk = new byte[ChunkBytes];
            foreach (SafetensorsEntry entry in sorted) WriteData(stream, entry, chunk);
        });
    }

    private static void WriteData(Stream stream, SafetensorsEntry entry, byte[] chunk)
    {
        for (long offset = 0; offset < entry.ByteCount; offset += chunk.Length)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, entry.ByteCount - offset));
            entry.Fill(offset, part);
            stream.Write(part);
        }
    }

    private static byte[] Header(List<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata, out long dataLength)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[SafetensorsHeader.LengthBytes]);
        dataLength = 0;
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            foreach (SafetensorsEntry entry in entries)
            {
                long end = checked(dataLength + entry.ByteCount);
                WriteEntry(json, entry, dataLength, end);
                dataLength = end;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % HeaderAlignment != 0) buffer.WriteByte((byte)' ');
        byte[] header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.LengthBytes);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0) return;
        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach ((string key, string value) in metadata) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsEntry entry, long begin, long end)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", entry.Type.Name());
        json.WriteStartArray("shape");
        foreach (long dimension in entry.Shape) json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
