namespace Transformer.Compiled.Ptx;

/// <summary>The types that a register, a variable or an instruction can have.</summary>
public enum PtxType
{
    /// <summary>A truth value for each thread.</summary>
    Pred,
    /// <summary>Untyped bits.</summary>
    B8, B16, B32, B64,
    /// <summary>Unsigned integers.</summary>
    U8, U16, U32, U64,
    /// <summary>Signed integers.</summary>
    S8, S16, S32, S64,
    /// <summary>Floating point of IEEE 754.</summary>
    F16, F32, F64,
    /// <summary>Two half-precision numbers in 32 bits.</summary>
    F16X2,
    /// <summary>bfloat16, which lives in <see cref="B16"/> registers.</summary>
    BF16,
    /// <summary>Two bfloat16 in 32 bits, the first in the lower half.</summary>
    BF16X2,
    /// <summary>TensorFloat-32: a float32 of which the lower 13 bits do not count.</summary>
    TF32,
}

/// <summary>What kind of number a type is.</summary>
public enum PtxTypeKind
{
    /// <summary>A truth value.</summary>
    Predicate,
    /// <summary>Bits of no type.</summary>
    Bits,
    /// <summary>An unsigned integer.</summary>
    Unsigned,
    /// <summary>A signed integer.</summary>
    Signed,
    /// <summary>Floating point, or several of them.</summary>
    Float,
}

/// <summary>Sizes, kinds and names of types.</summary>
public static class PtxTypes
{
    private static readonly Dictionary<string, PtxType> ByName = Enum.GetValues<PtxType>().ToDictionary(type => type.ToString().ToLowerInvariant());

    /// <summary>The type that a modifier names, as in <c>u32</c>; null if it names none.</summary>
    public static PtxType? Find(string name) => ByName.TryGetValue(name, out var type) ? type : null;

    /// <summary>The name of a type in PTX, with its point.</summary>
    public static string Text(this PtxType type) => "." + type.ToString().ToLowerInvariant();

    /// <summary>Bits; 1 for predicates.</summary>
    public static int Bits(this PtxType type) => type switch
    {
        PtxType.Pred => 1,
        PtxType.B8 or PtxType.U8 or PtxType.S8 => 8,
        PtxType.B16 or PtxType.U16 or PtxType.S16 or PtxType.F16 or PtxType.BF16 => 16,
        PtxType.B64 or PtxType.U64 or PtxType.S64 or PtxType.F64 => 64,
        _ => 32,
    };

    /// <summary>Bytes in memory.</summary>
    public static int Bytes(this PtxType type) => (type.Bits() + 7) / 8;

    /// <summary>What kind of number it is.</summary>
    public static PtxTypeKind Kind(this PtxType type) => type switch
    {
        PtxType.Pred => PtxTypeKind.Predicate,
        PtxType.B8 or PtxType.B16 or PtxType.B32 or PtxType.B64 => PtxTypeKind.Bits,
        PtxType.U8 or PtxType.U16 or PtxType.U32 or PtxType.U64 => PtxTypeKind.Unsigned,
        PtxType.S8 or PtxType.S16 or PtxType.S32 or PtxType.S64 => PtxTypeKind.Signed,
        _ => PtxTypeKind.Float,
    };

    /// <summary>Whether values of the type can be held in a register declared with <paramref name="register"/>, sizes aside.</summary>
    public static bool Accepts(this PtxType type, PtxType register)
    {
        var (wanted, found) = (type.Kind(), register.Kind());
        if (wanted == PtxTypeKind.Predicate || found == PtxTypeKind.Predicate) return wanted == found;
        return wanted == PtxTypeKind.Bits || found == PtxTypeKind.Bits || wanted == PtxTypeKind.Float == (found == PtxTypeKind.Float);
    }
}
