using System.Runtime.InteropServices;
using System.Text;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>Writes a GGUF file, version 3 (ggml/include/gguf.h): keys with values, then float32 tensors.</summary>
internal sealed class GgufWriter
{
    private const uint Version = 3, Alignment = 32;

    private readonly MemoryStream _keys = new();
    private readonly BinaryWriter _writer;
    private readonly List<Tensor> _tensors = [];
    private ulong _keyCount;

    public GgufWriter() => _writer = new BinaryWriter(_keys);

    private enum ValueType : uint
    {
        Unsigned = 4,
        Integer = 5,
        Float = 6,
        Boolean = 7,
        Text = 8,
        Array = 9,
    }

    public void Add(string key, int value)
    {
        Key(key, ValueType.Unsigned);
        _writer.Write((uint)value);
    }

    public void Add(string key, float value)
    {
        Key(key, ValueType.Float);
        _writer.Write(value);
    }

    public void Add(string key, bool value)
    {
        Key(key, ValueType.Boolean);
        _writer.Write(value);
    }

    public void Add(string key, string value)
    {
        Key(key, ValueType.Text);
        Text(_writer, value);
    }

    public void Add(string key, IReadOnlyCollection<string> values)
    {
        Array(key, ValueType.Text, values.Count);
        foreach (string value in values) Text(_writer, value);
    }

    public void Add(string key, ReadOnlySpan<float> values)
    {
        Array(key, ValueType.Float, values.Length);
        _writer.Write(MemoryMarshal.AsBytes(values));
    }

    public void Add(string key, ReadOnlySpan<int> values)
    {
        Array(key, ValueType.Integer, values.Length);
        _writer.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>A tensor that is read when its turn has come.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">Its values, row-major.</param>
    /// <param name="sizes">Rows, then columns; a vector's length alone.</param>
    public void AddTensor(string name, Func<float[]> values, params int[] sizes) => _tensors.Add(new Tensor(name, values, sizes));

    public void Write(string path)
    {
        using FileStream file = File.Create(path);
        using BinaryWriter writer = new(file);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)_tensors.Count);
        writer.Write(_keyCount);
        writer.Write(_keys.ToArray());
        ulong offset = 0;
        foreach (Tensor tensor in _tensors)
        {
            tensor.WriteHeader(writer, offset);
            offset += Aligned(tensor.Bytes);
        }
        foreach (Tensor tensor in _tensors)
        {
            writer.Flush();
            file.SetLength((long)Aligned((ulong)file.Length));
            file.Position = file.Length;
            writer.Write(MemoryMarshal.AsBytes(tensor.Read().AsSpan()));
        }
        writer.Flush();
        file.SetLength((long)Aligned((ulong)file.Length));
    }

    private static ulong Aligned(ulong bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Text(BinaryWriter writer, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private void Key(string key, ValueType type)
    {
        _keyCount++;
        Text(_writer, key);
        _writer.Write((uint)type);
    }

    private void Array(string key, ValueType type, int count)
    {
        Key(key, ValueType.Array);
        _writer.Write((uint)type);
        _writer.Write((ulong)count);
    }

    private sealed record Tensor(string Name, Func<float[]> Values, int[] Sizes)
    {
        private const uint Float32 = 0;

        public ulong Bytes => Sizes.Aggregate((ulong)sizeof(float), (bytes, size) => bytes * (ulong)size);

        public float[] Read()
        {
            float[] values = Values();
            return (ulong)values.Length * sizeof(float) == Bytes
                ? values
                : throw new InvalidOperationException($"{Name} has {values.Length} values, not those of [{string.Join(", ", Sizes)}].");
        }

        /// <summary>The innermost size comes first.</summary>
        public void WriteHeader(BinaryWriter writer, ulong offset)
        {
            Text(writer, Name);
            writer.Write((uint)Sizes.Length);
            foreach (int size in Enumerable.Reverse(Sizes)) writer.Write((ulong)size);
            writer.Write(Float32);
            writer.Write(offset);
        }
    }
}
