namespace Transformer.Compiled.Checkpoints;

/// <summary>Element types of the safetensors format, by ascending alignment (the order in which its writers sort).</summary>
public enum SafetensorsType
{
    Boolean,
    Float4,
    Float6E2M3,
    Float6E3M2,
    UInt8,
    Int8,
    Float8E5M2,
    Float8E4M3,
    Float8E8M0,
    Int16,
    UInt16,
    Float16,
    BFloat16,
    Int32,
    UInt32,
    Float32,
    Complex64,
    Float64,
    Int64,
    UInt64,
}

/// <summary>How the format spells each <see cref="SafetensorsType"/>, and how wide it is.</summary>
internal static class SafetensorsTypes
{
    private static readonly (string Name, int Bits)[] Table =
    [
        ("BOOL", 8), ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("U8", 8), ("I8", 8), ("F8_E5M2", 8), ("F8_E4M3", 8), ("F8_E8M0", 8),
        ("I16", 16), ("U16", 16), ("F16", 16), ("BF16", 16), ("I32", 32), ("U32", 32), ("F32", 32), ("C64", 64), ("F64", 64),
        ("I64", 64), ("U64", 64),
    ];

    public static string Name(this SafetensorsType type) => Table[(int)type].Name;

    public static int Bits(this SafetensorsType type) => Table[(int)type].Bits;

    public static bool TryParse(string name, out SafetensorsType type)
    {
        int index = Array.FindIndex(Table, entry => entry.Name == name);
        type = (SafetensorsType)index;
        return index >= 0;
    }

    /// <summary>Bytes that <paramref name="elements"/> take up.</summary>
    /// <exception cref="OverflowException">More than an Int64 holds, or not a whole number of bytes.</exception>
    public static long Bytes(this SafetensorsType type, long elements)
    {
        (long bytes, long bits) = Math.DivRem(checked(elements * type.Bits()), 8);
        return bits == 0 ? bytes : throw new OverflowException();
    }
}
