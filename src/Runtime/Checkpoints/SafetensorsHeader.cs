using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Transformer.Compiled.Checkpoints;

// The format: 8 bytes, the header's length n as a little-endian integer; n bytes of JSON; the tensors' bytes to the end of the file.
//   { "__metadata__": { "key": "value", … }, "name": { "dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end] }, … }
// Offsets count from the end of the header. Together the tensors cover the rest of the file: no overlaps, no holes, nothing behind.

/// <summary>The header of a safetensors file, checked as a whole before any tensor is looked at.</summary>
internal sealed class SafetensorsHeader
{
    internal const string MetadataName = "__metadata__";
    internal const int LengthBytes = 8;

    /// <summary>Headers above this are refused, as by the format's own library.</summary>
    private const int MaximumLength = 100_000_000;

    private readonly Dictionary<string, SafetensorsTensor> _byName = new(StringComparer.Ordinal);

    private SafetensorsHeader(long dataStart) => DataStart = dataStart;

    /// <summary>The tensors by place in the file.</summary>
    public List<SafetensorsTensor> Tensors { get; } = [];

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The offset in the file from which tensors' offsets count.</summary>
    public long DataStart { get; }

    public SafetensorsTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <exception cref="CheckpointException">Anything about the header is wrong.</exception>
    public static SafetensorsHeader Read(string path, MappedFile file)
    {
        if (file.Length < LengthBytes)
            throw new CheckpointException(path, null, $"not a safetensors file: {file.Length} bytes, too short for the length of a header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, LengthBytes));
        if (length > MaximumLength)
        {
            throw new CheckpointException(
                path, null, $"not a safetensors file: a header of {length} bytes is claimed, above the limit of {MaximumLength}");
        }

        if ((long)length > file.Length - LengthBytes)
            throw new CheckpointException(path, null, $"truncated: a header of {length} bytes is claimed in a file of {file.Length} bytes");

        ReadOnlySpan<byte> json = file.Slice(LengthBytes, (int)length);
        var header = new SafetensorsHeader(LengthBytes + (long)length);
        new Parser(path, header).Parse(json);
        header.CheckCoverage(path, file.Length - header.DataStart);
        return header;
    }

    /// <summary>Checks that the tensors, by place, follow each other from the end of the header to the end of the file.</summary>
    private void CheckCoverage(string path, long dataLength)
    {
        Tensors.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
        long covered = 0;
        foreach (SafetensorsTensor tensor in Tensors)
        {
            string place = $"tensor '{tensor.Name}' lies at bytes {tensor.Begin} to {tensor.End}";
            if (tensor.End > dataLength)
                throw new CheckpointException(path, tensor.Name, $"{place}, but the file holds {dataLength} bytes of data");
            if (tensor.Begin < covered)
                throw new CheckpointException(path, tensor.Name, $"{place}, which overlaps the tensor before it, which ends at {covered}");
            if (tensor.Begin > covered)
                throw new CheckpointException(path, tensor.Name, $"{place}, which leaves a hole after byte {covered}");
            covered = tensor.End;
        }

        if (covered != dataLength)
            throw new CheckpointException(path, null, $"{dataLength - covered} bytes trail the last tensor, which ends at byte {covered}");
    }

    /// <summary>Reads the JSON into the header; every error names its byte.</summary>
    private sealed class Parser(string path, SafetensorsHeader header)
    {
        public void Parse(ReadOnlySpan<byte> json)
        {
            if (!Utf8.IsValid(json)) throw new CheckpointException(path, null, "the header is not UTF-8");
            var reader = new Utf8JsonReader(json);
            try
            {
                ParseHeader(ref reader);
            }
            catch (JsonException exception)
            {
                throw new CheckpointException(path, null, $"the header is not valid JSON: {exception.Message}", exception);
            }
        }

        private void ParseHeader(ref Utf8JsonReader reader)
        {
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject, "the header", "an object");
            bool hasMetadata = false;
            while (NextProperty(ref reader, out string name))
            {
                if (name == MetadataName)
                {
                    if (hasMetadata) throw Fail(ref reader, null, $"'{MetadataName}' appears twice");
                    hasMetadata = true;
                    ParseMetadata(ref reader);
                }
                else
                {
                    SafetensorsTensor tensor = ParseTensor(ref reader, name);
                    if (!header._byName.TryAdd(name, tensor)) throw Fail(ref reader, name, $"tensor '{name}' appears twice");
                    header.Tensors.Add(tensor);
                }
            }

            reader.Read();
        }

        private void ParseMetadata(ref Utf8JsonReader reader)
        {
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject, $"'{MetadataName}'", "an object");
            while (NextProperty(ref reader, out string key))
            {
                reader.Read();
                Expect(ref reader, JsonTokenType.String, $"'{key}' in '{MetadataName}'", "a string");
                if (!header.Metadata.TryAdd(key, Text(ref reader))) throw Fail(ref reader, null, $"'{key}' appears twice in '{MetadataName}'");
            }
        }

        private SafetensorsTensor ParseTensor(ref Utf8JsonReader reader, string name)
        {
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject, $"tensor '{name}'", "an object", name);
            SafetensorsType? type = null;
            long[]? shape = null;
            long[]? offsets = null;
            while (NextProperty(ref reader, out string property))
            {
                bool twice = false;
                switch (property)
                {
                    case "dtype":
                        twice = type is not null;
                        type = ParseType(ref reader, name);
                        break;
                    case "shape":
                        twice = shape is not null;
                        shape = ParseIntegers(ref reader, name, property);
                        break;
                    case "data_offsets":
                        twice = offsets is not null;
                        offsets = ParseIntegers(ref reader, name, property);
                        break;
                    default:
                        throw Fail(ref reader, name, $"tensor '{name}' has the unknown property '{property}'");
                }

                if (twice) throw Fail(ref reader, name, $"tensor '{name}' has two properties '{property}'");
            }

            if (type is null) throw Fail(ref reader, name, $"tensor '{name}' has no 'dtype'");
            if (shape is null) throw Fail(ref reader, name, $"tensor '{name}' has no 'shape'");
            if (offsets is null) throw Fail(ref reader, name, $"tensor '{name}' has no 'data_offsets'");
            if (offsets.Length != 2) throw Fail(ref reader, name, $"tensor '{name}' has {offsets.Length} data offsets instead of 2");
            return Sized(ref reader, name, type.Value, shape, offsets[0], offsets[1]);
        }

        private SafetensorsTensor Sized(ref Utf8JsonReader reader, string name, SafetensorsType type, long[] shape, long begin, long end)
        {
            string form = $"tensor '{name}' of type {type.Name()} and shape {Shapes.Text(shape)}";
            long count = 1;
            long bytes;
            try
            {
                foreach (long dimension in shape) count = checked(count * dimension);
                bytes = type.Bytes(count);
            }
            catch (OverflowException)
            {
                throw Fail(ref reader, name, $"{form} has no size in bytes that can be counted");
            }

            if (end < begin || end - begin != bytes)
                throw Fail(ref reader, name, $"{form} takes {bytes} bytes, but its data offsets are [{begin}, {end}]");
            return new SafetensorsTensor(name, type, shape, count, begin, end);
        }

        private SafetensorsType ParseType(ref Utf8JsonReader reader, string name)
        {
            reader.Read();
            Expect(ref reader, JsonTokenType.String, $"'dtype' of tensor '{name}'", "a string", name);
            string text = Text(ref reader);
            return SafetensorsTypes.TryParse(text, out SafetensorsType type)
                ? type
                : throw Fail(ref reader, name, $"tensor '{name}' has the unknown dtype '{text}'");
        }

        private long[] ParseIntegers(ref Utf8JsonReader reader, string name, string property)
        {
            reader.Read();
            Expect(ref reader, JsonTokenType.StartArray, $"'{property}' of tensor '{name}'", "an array", name);
            var integers = new List<long>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long integer) || integer < 0)
                    throw Fail(ref reader, name, $"'{property}' of tensor '{name}' holds something else than integers from 0 to {long.MaxValue}");
                integers.Add(integer);
            }

            return [.. integers];
        }

        private bool NextProperty(ref Utf8JsonReader reader, out string name)
        {
            bool found = reader.Read() && reader.TokenType == JsonTokenType.PropertyName;
            name = found ? Text(ref reader) : "";
            return found;
        }

        private string Text(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                throw Fail(ref reader, null, "a string escapes half of a surrogate pair");
            }
        }

        private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what, string expected, string? tensor = null)
        {
            if (reader.TokenType != type) throw Fail(ref reader, tensor, $"{what} is not {expected}");
        }

        private CheckpointException Fail(ref Utf8JsonReader reader, string? tensor, string message) =>
            new(path, tensor, $"{message} (byte {reader.TokenStartIndex} of the header)");
    }
}
