using Factory = System.Func<Transformer.Compiled.Ptx.Decoding, Transformer.Compiled.Ptx.PtxType, Transformer.Compiled.Ptx.Operation>;

namespace Transformer.Compiled.Ptx;

/// <summary>Integer arithmetic, and the entrances of opcodes that floats share.</summary>
internal static class IntegerInstructions
{
    private static readonly Dictionary<PtxType, Factory> Add = Wrapping<Add<ushort>, Add<uint>, Add<ulong>>();
    private static readonly Dictionary<PtxType, Factory> Subtract = Wrapping<Subtract<ushort>, Subtract<uint>, Subtract<ulong>>();
    private static readonly Dictionary<PtxType, Factory> MultiplyLow = Wrapping<Multiply<ushort>, Multiply<uint>, Multiply<ulong>>();

    private static readonly Dictionary<PtxType, Factory> MultiplyHigh = new()
    {
        [PtxType.U16] = Binary<HighU16, ushort>,
        [PtxType.S16] = Binary<HighS16, short>,
        [PtxType.U32] = Binary<HighU32, uint>,
        [PtxType.S32] = Binary<HighS32, int>,
        [PtxType.U64] = Binary<HighU64, ulong>,
        [PtxType.S64] = Binary<HighS64, long>,
    };

    private static readonly Dictionary<PtxType, Factory> MultiplyWide = new()
    {
        [PtxType.U16] = Wide<WideU16, ushort, uint>,
        [PtxType.S16] = Wide<WideS16, short, int>,
        [PtxType.U32] = Wide<WideU32, uint, ulong>,
        [PtxType.S32] = Wide<WideS32, int, long>,
    };

    private static readonly Dictionary<PtxType, Factory> MultiplyAddLow = new()
    {
        [PtxType.U16] = Ternary<MultiplyAdd<ushort>, ushort>,
        [PtxType.S16] = Ternary<MultiplyAdd<ushort>, ushort>,
        [PtxType.U32] = Ternary<MultiplyAdd<uint>, uint>,
        [PtxType.S32] = Ternary<MultiplyAdd<uint>, uint>,
        [PtxType.U64] = Ternary<MultiplyAdd<ulong>, ulong>,
        [PtxType.S64] = Ternary<MultiplyAdd<ulong>, ulong>,
    };

    private static readonly Dictionary<PtxType, Factory> MultiplyAddHigh = new()
    {
        [PtxType.U32] = Ternary<HighAdd<HighU32, uint>, uint>,
        [PtxType.S32] = Ternary<HighAdd<HighS32, int>, int>,
        [PtxType.U64] = Ternary<HighAdd<HighU64, ulong>, ulong>,
        [PtxType.S64] = Ternary<HighAdd<HighS64, long>, long>,
    };

    private static readonly Dictionary<PtxType, Factory> MultiplyAddWide = new()
    {
        [PtxType.U16] = WideAdd<WideU16, ushort, uint>,
        [PtxType.S16] = WideAdd<WideS16, short, int>,
        [PtxType.U32] = WideAdd<WideU32, uint, ulong>,
        [PtxType.S32] = WideAdd<WideS32, int, long>,
    };

    private static readonly Dictionary<PtxType, Factory> Divide = Signed<Divide<ushort>, Divide<short>, Divide<uint>, Divide<int>, Divide<ulong>, Divide<long>>();
    private static readonly Dictionary<PtxType, Factory> Remainder = Signed<Remainder<ushort>, Remainder<short>, Remainder<uint>, Remainder<int>, Remainder<ulong>, Remainder<long>>();
    private static readonly Dictionary<PtxType, Factory> Minimum = Signed<Minimum<ushort>, Minimum<short>, Minimum<uint>, Minimum<int>, Minimum<ulong>, Minimum<long>>();
    private static readonly Dictionary<PtxType, Factory> Maximum = Signed<Maximum<ushort>, Maximum<short>, Maximum<uint>, Maximum<int>, Maximum<ulong>, Maximum<long>>();

    private static readonly Dictionary<PtxType, Factory> Absolute = new()
    {
        [PtxType.S16] = Unary<Absolute<short>, short>,
        [PtxType.S32] = Unary<Absolute<int>, int>,
        [PtxType.S64] = Unary<Absolute<long>, long>,
    };

    private static readonly Dictionary<PtxType, Factory> Negate = new()
    {
        [PtxType.S16] = Unary<Negate<short>, short>,
        [PtxType.S32] = Unary<Negate<int>, int>,
        [PtxType.S64] = Unary<Negate<long>, long>,
    };

    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["add"] = decoding => FloatInstructions.TryArithmetic(decoding, "add") ?? Saturated(decoding, Add, Binary<SaturatedAdd, int>);
        decoders["sub"] = decoding => FloatInstructions.TryArithmetic(decoding, "sub") ?? Saturated(decoding, Subtract, Binary<SaturatedSubtract, int>);
        decoders["mul"] = decoding => FloatInstructions.TryArithmetic(decoding, "mul") ?? Decode(decoding, decoding.TakeOne("lo", "hi", "wide") switch
        {
            "lo" => MultiplyLow,
            "hi" => MultiplyHigh,
            _ => MultiplyWide,
        });
        decoders["mad"] = decoding => FloatInstructions.TryArithmetic(decoding, "mad") ?? Decode(decoding, decoding.TakeOne("lo", "hi", "wide") switch
        {
            "lo" => MultiplyAddLow,
            "hi" => MultiplyAddHigh,
            _ => MultiplyAddWide,
        });
        decoders["div"] = decoding => FloatInstructions.TryArithmetic(decoding, "div") ?? Decode(decoding, Divide);
        decoders["rem"] = decoding => Decode(decoding, Remainder);
        decoders["min"] = decoding => FloatInstructions.TryArithmetic(decoding, "min") ?? Decode(decoding, Minimum);
        decoders["max"] = decoding => FloatInstructions.TryArithmetic(decoding, "max") ?? Decode(decoding, Maximum);
        decoders["abs"] = decoding => FloatInstructions.TryArithmetic(decoding, "abs") ?? Decode(decoding, Absolute);
        decoders["neg"] = decoding => FloatInstructions.TryArithmetic(decoding, "neg") ?? Decode(decoding, Negate);
    }

    public static Operation Decode(Decoding decoding, Dictionary<PtxType, Factory> table) => decoding.TakeType(table, out var type)(decoding, type);

    public static Operation Unary<TFunction, T>(Decoding decoding, PtxType type)
        where TFunction : IFunction<T, T>
        where T : unmanaged => new Map<TFunction, T, T>(decoding.Target(0, type), decoding.Source(1, type));

    public static Operation Binary<TFunction, T>(Decoding decoding, PtxType type)
        where TFunction : IFunction<T, T, T>
        where T : unmanaged => new Map<TFunction, T, T, T>(decoding.Target(0, type), decoding.Source(1, type), decoding.Source(2, type));

    public static Operation Ternary<TFunction, T>(Decoding decoding, PtxType type)
        where TFunction : IFunction<T, T, T, T>
        where T : unmanaged => new Map<TFunction, T, T, T, T>(decoding.Target(0, type), decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, type));

    private static Operation Saturated(Decoding decoding, Dictionary<PtxType, Factory> table, Factory saturated)
    {
        if (!decoding.Take("sat")) return Decode(decoding, table);
        return saturated(decoding, decoding.TakeType(PtxType.S32));
    }

    private static Operation Wide<TFunction, T, TWide>(Decoding decoding, PtxType type)
        where TFunction : IFunction<T, T, TWide>
        where T : unmanaged
        where TWide : unmanaged => new Map<TFunction, T, T, TWide>(decoding.Target(0, Twice(type)), decoding.Source(1, type), decoding.Source(2, type));

    private static Operation WideAdd<TFunction, T, TWide>(Decoding decoding, PtxType type)
        where TFunction : IFunction<T, T, TWide>
        where T : unmanaged
        where TWide : unmanaged, System.Numerics.IAdditionOperators<TWide, TWide, TWide> => new Map<WideAdd<TFunction, T, TWide>, T, T, TWide, TWide>(
            decoding.Target(0, Twice(type)), decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, Twice(type)));

    private static PtxType Twice(PtxType type) => type switch
    {
        PtxType.U16 => PtxType.U32,
        PtxType.S16 => PtxType.S32,
        PtxType.U32 => PtxType.U64,
        _ => PtxType.S64,
    };

    /// <summary>For functions whose result does not depend on the sign: one for each width.</summary>
    private static Dictionary<PtxType, Factory> Wrapping<T16, T32, T64>()
        where T16 : IFunction<ushort, ushort, ushort>
        where T32 : IFunction<uint, uint, uint>
        where T64 : IFunction<ulong, ulong, ulong> => new()
        {
            [PtxType.U16] = Binary<T16, ushort>,
            [PtxType.S16] = Binary<T16, ushort>,
            [PtxType.U32] = Binary<T32, uint>,
            [PtxType.S32] = Binary<T32, uint>,
            [PtxType.U64] = Binary<T64, ulong>,
            [PtxType.S64] = Binary<T64, ulong>,
        };

    private static Dictionary<PtxType, Factory> Signed<TU16, TS16, TU32, TS32, TU64, TS64>()
        where TU16 : IFunction<ushort, ushort, ushort>
        where TS16 : IFunction<short, short, short>
        where TU32 : IFunction<uint, uint, uint>
        where TS32 : IFunction<int, int, int>
        where TU64 : IFunction<ulong, ulong, ulong>
        where TS64 : IFunction<long, long, long> => new()
        {
            [PtxType.U16] = Binary<TU16, ushort>,
            [PtxType.S16] = Binary<TS16, short>,
            [PtxType.U32] = Binary<TU32, uint>,
            [PtxType.S32] = Binary<TS32, int>,
            [PtxType.U64] = Binary<TU64, ulong>,
            [PtxType.S64] = Binary<TS64, long>,
        };
}
