namespace Transformer.Compiled.Checkpoints;

/// <summary>Element types of the safetensors format, which names them so, by ascending alignment (the order in which its writers sort).</summary>
public enum SafetensorsType
{
    /// <summary>BOOL: 8 bits, 0 or 1.</summary>
    Boolean,

    /// <summary>F4: 4 bits.</summary>
    Float4,

    /// <summary>F6_E2M3: 6 bits, 2 of exponent and 3 of mantissa.</summary>
    Float6E2M3,

    /// <summary>F6_E3M2: 6 bits, 3 of exponent and 2 of mantissa.</summary>
    Float6E3M2,

    /// <summary>U8.</summary>
    UInt8,

    /// <summary>I8.</summary>
    Int8,

    /// <summary>F8_E5M2: 8 bits, 5 of exponent and 2 of mantissa.</summary>
    Float8E5M2,

    /// <summary>F8_E4M3: 8 bits, 4 of exponent and 3 of mantissa.</summary>
    Float8E4M3,

    /// <summary>F8_E8M0: 8 bits of exponent.</summary>
    Float8E8M0,

    /// <summary>I16.</summary>
    Int16,

    /// <summary>U16.</summary>
    UInt16,

    /// <summary>F16: IEEE 754 half precision.</summary>
    Float16,

    /// <summary>BF16: the upper half of a single.</summary>
    BFloat16,

    /// <summary>I32.</summary>
    Int32,

    /// <summary>U32.</summary>
    UInt32,

    /// <summary>F32: IEEE 754 single precision.</summary>
    Float32,

    /// <summary>C64: two singles.</summary>
    Complex64,

    /// <summary>F64: IEEE 754 double precision.</summary>
    Float64,

    /// <summary>I64.</summary>
    Int64,

    /// <summary>U64.</summary>
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
