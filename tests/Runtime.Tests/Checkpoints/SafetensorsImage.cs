using System.Buffers.Binary;
using System.Text;
using Transformer.Compiled.Checkpoints;

namespace Runtime.Tests.Checkpoints;

/// <summary>Safetensors files made by hand, right or wrong.</summary>
internal static class SafetensorsImage
{
    /// <summary>The file with this header and these bytes of data.</summary>
    public static byte[] Of(string header, params byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }

    /// <summary>The header's entry of one tensor.</summary>
    public static string Entry(string name, string type, string shape, long begin, long end) =>
        $$"""
        "{{name}}":{"dtype":"{{type}}","shape":{{shape}},"data_offsets":[{{begin}},{{end}}]}
        """;

    /// <summary>A tensor of type F32 for the writer; the values are repeated as often as need be.</summary>
    public static SafetensorsEntry Floats(string name, long[] shape, params float[] values) =>
        SafetensorsEntry.Float32(name, shape, (first, destination) =>
        {
            for (int index = 0; index < destination.Length; index++) destination[index] = values[(int)((first + index) % values.Length)];
        });

    public static byte[] Bytes<T>(params ReadOnlySpan<T> values)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray();
}
