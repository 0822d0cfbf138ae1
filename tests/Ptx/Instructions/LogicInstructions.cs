using System.Buffers.Binary;
using System.Numerics;
using Factory = System.Func<Transformer.Compiled.Ptx.Decoding, Transformer.Compiled.Ptx.PtxType, Transformer.Compiled.Ptx.Operation>;

namespace Transformer.Compiled.Ptx;

/// <summary>Bits: logic, shifts, fields, permutations, counts.</summary>
internal static class LogicInstructions
{
    private static readonly Dictionary<PtxType, Factory> ShiftRight = new()
    {
        [PtxType.B16] = Shift<ShiftRight<ushort>, ushort>,
        [PtxType.U16] = Shift<ShiftRight<ushort>, ushort>,
        [PtxType.S16] = Shift<ShiftRight<short>, short>,
        [PtxType.B32] = Shift<ShiftRight<uint>, uint>,
        [PtxType.U32] = Shift<ShiftRight<uint>, uint>,
        [PtxType.S32] = Shift<ShiftRight<int>, int>,
        [PtxType.B64] = Shift<ShiftRight<ulong>, ulong>,
        [PtxType.U64] = Shift<ShiftRight<ulong>, ulong>,
        [PtxType.S64] = Shift<ShiftRight<long>, long>,
    };

    private static readonly Dictionary<PtxType, Factory> ShiftLeft = new()
    {
        [PtxType.B16] = Shift<ShiftLeft<ushort>, ushort>,
        [PtxType.B32] = Shift<ShiftLeft<uint>, uint>,
        [PtxType.B64] = Shift<ShiftLeft<ulong>, ulong>,
    };

    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["and"] = Logic<And<ushort>, And<uint>, And<ulong>>;
        decoders["or"] = Logic<Or<ushort>, Or<uint>, Or<ulong>>;
        decoders["xor"] = Logic<Xor<ushort>, Xor<uint>, Xor<ulong>>;
        decoders["not"] = decoding => decoding.Take("pred")
            ? new PredicateNot(decoding.PredicateTarget(decoding.Operand(0)), decoding.Predicate(1))
            : Bitwise<Not<ushort>, Not<uint>, Not<ulong>>(decoding);
        decoders["cnot"] = Bitwise<LogicalNot<ushort>, LogicalNot<uint>, LogicalNot<ulong>>;
        decoders["shl"] = decoding => IntegerInstructions.Decode(decoding, ShiftLeft);
        decoders["shr"] = decoding => IntegerInstructions.Decode(decoding, ShiftRight);
        decoders["shf"] = FunnelShift;
        decoders["popc"] = Count<PopulationCount<uint>, PopulationCount<ulong>>;
        decoders["clz"] = Count<LeadingZeros<uint>, LeadingZeros<ulong>>;
        decoders["brev"] = decoding => decoding.TakeType(PtxType.B32, PtxType.B64) == PtxType.B32
            ? IntegerInstructions.Unary<Reversed32, uint>(decoding, PtxType.B32)
            : IntegerInstructions.Unary<Reversed64, ulong>(decoding, PtxType.B64);
        decoders["bfe"] = Extract;
        decoders["bfi"] = Insert;
        decoders["prmt"] = Permute;
        decoders["lop3"] = LookUp;
    }

    private static Operation Logic<T16, T32, T64>(Decoding decoding)
        where T16 : IFunction<ushort, ushort, ushort>
        where T32 : IFunction<uint, uint, uint>
        where T64 : IFunction<ulong, ulong, ulong>
    {
        if (decoding.Take("pred")) return new PredicateLogic<T32>(decoding.PredicateTarget(decoding.Operand(0)), decoding.Predicate(1), decoding.Predicate(2));
        var type = decoding.TakeType(PtxType.B16, PtxType.B32, PtxType.B64);
        return type switch
        {
            PtxType.B16 => IntegerInstructions.Binary<T16, ushort>(decoding, type),
            PtxType.B32 => IntegerInstructions.Binary<T32, uint>(decoding, type),
            _ => IntegerInstructions.Binary<T64, ulong>(decoding, type),
        };
    }

    private static Operation Bitwise<T16, T32, T64>(Decoding decoding)
        where T16 : IFunction<ushort, ushort>
        where T32 : IFunction<uint, uint>
        where T64 : IFunction<ulong, ulong>
    {
        var type = decoding.TakeType(PtxType.B16, PtxType.B32, PtxType.B64);
        return type switch
        {
            PtxType.B16 => IntegerInstructions.Unary<T16, ushort>(decoding, type),
            PtxType.B32 => IntegerInstructions.Unary<T32, uint>(decoding, type),
            _ => IntegerInstructions.Unary<T64, ulong>(decoding, type),
        };
    }

    private static Operation Shift<TFunction, T>(Decoding decoding, PtxType type)
        where TFunction : IFunction<T, uint, T>
        where T : unmanaged => new Map<TFunction, T, uint, T>(decoding.Target(0, type), decoding.Source(1, type), decoding.Source(2, PtxType.U32));

    private static Operation Count<T32, T64>(Decoding decoding)
        where T32 : IFunction<uint, uint>
        where T64 : IFunction<ulong, uint>
    {
        var type = decoding.TakeType(PtxType.B32, PtxType.B64);
        int result = decoding.Target(0, PtxType.U32);
        return type == PtxType.B32 ? new Map<T32, uint, uint>(result, decoding.Source(1, type)) : new Map<T64, ulong, uint>(result, decoding.Source(1, type));
    }

    private static Operation FunnelShift(Decoding decoding)
    {
        string direction = decoding.TakeOne("l", "r");
        string mode = decoding.TakeOne("clamp", "wrap");
        var type = decoding.TakeType(PtxType.B32);
        return (direction, mode) switch
        {
            ("l", "wrap") => IntegerInstructions.Ternary<FunnelLeftWrap, uint>(decoding, type),
            ("l", _) => IntegerInstructions.Ternary<FunnelLeftClamp, uint>(decoding, type),
            (_, "wrap") => IntegerInstructions.Ternary<FunnelRightWrap, uint>(decoding, type),
            _ => IntegerInstructions.Ternary<FunnelRightClamp, uint>(decoding, type),
        };
    }

    private static Operation Extract(Decoding decoding)
    {
        var type = decoding.TakeType(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
        int result = decoding.Target(0, type), a = decoding.Source(1, type), position = decoding.Source(2, PtxType.U32), length = decoding.Source(3, PtxType.U32);
        return type switch
        {
            PtxType.U32 => new Map<ExtractUnsigned32, uint, uint, uint, uint>(result, a, position, length),
            PtxType.S32 => new Map<ExtractSigned32, uint, uint, uint, uint>(result, a, position, length),
            PtxType.U64 => new Map<ExtractUnsigned64, ulong, uint, uint, ulong>(result, a, position, length),
            _ => new Map<ExtractSigned64, ulong, uint, uint, ulong>(result, a, position, length),
        };
    }

    private static Operation Insert(Decoding decoding)
    {
        var type = decoding.TakeType(PtxType.B32, PtxType.B64);
        int result = decoding.Target(0, type), a = decoding.Source(1, type), b = decoding.Source(2, type);
        int position = decoding.Source(3, PtxType.U32), length = decoding.Source(4, PtxType.U32);
        return type == PtxType.B32 ? new BitFieldInsert<uint>(result, a, b, position, length) : new BitFieldInsert<ulong>(result, a, b, position, length);
    }

    private static Operation Permute(Decoding decoding)
    {
        var type = decoding.TakeType(PtxType.B32);
        return IntegerInstructions.Ternary<BytePermutation, uint>(decoding, type);
    }

    private static LookUpTable LookUp(Decoding decoding)
    {
        var type = decoding.TakeType(PtxType.B32);
        return new LookUpTable(
            decoding.Target(0, type), decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, type), (int)decoding.Constant(4, 0, 255));
    }
}

internal readonly struct And<T> : IFunction<T, T, T>
    where T : IBitwiseOperators<T, T, T>
{
    public static T Invoke(T a, T b) => a & b;
}

internal readonly struct Or<T> : IFunction<T, T, T>
    where T : IBitwiseOperators<T, T, T>
{
    public static T Invoke(T a, T b) => a | b;
}

internal readonly struct Xor<T> : IFunction<T, T, T>
    where T : IBitwiseOperators<T, T, T>
{
    public static T Invoke(T a, T b) => a ^ b;
}

internal readonly struct Not<T> : IFunction<T, T>
    where T : IBitwiseOperators<T, T, T>
{
    public static T Invoke(T a) => ~a;
}

/// <summary>1 for 0, otherwise 0.</summary>
internal readonly struct LogicalNot<T> : IFunction<T, T>
    where T : INumberBase<T>
{
    public static T Invoke(T a) => T.IsZero(a) ? T.One : T.Zero;
}

/// <summary>Shifts of the width or more leave nothing.</summary>
internal readonly struct ShiftLeft<T> : IFunction<T, uint, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static unsafe T Invoke(T a, uint b) => b >= sizeof(T) * 8 ? T.Zero : a << (int)b;
}

/// <summary>Shifts of the width or more leave nothing but signs.</summary>
internal readonly struct ShiftRight<T> : IFunction<T, uint, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static unsafe T Invoke(T a, uint b) => a >> (int)Math.Min(b, (uint)((sizeof(T) * 8) - 1)) >> (b >= sizeof(T) * 8 ? 1 : 0);
}

internal readonly struct PopulationCount<T> : IFunction<T, uint>
    where T : IBinaryInteger<T>
{
    public static uint Invoke(T a) => uint.CreateTruncating(T.PopCount(a));
}

internal readonly struct LeadingZeros<T> : IFunction<T, uint>
    where T : IBinaryInteger<T>
{
    public static uint Invoke(T a) => uint.CreateTruncating(T.LeadingZeroCount(a));
}

internal readonly struct Reversed32 : IFunction<uint, uint>
{
    public static uint Invoke(uint a)
    {
        a = (a >> 1 & 0x55555555) | (a & 0x55555555) << 1;
        a = (a >> 2 & 0x33333333) | (a & 0x33333333) << 2;
        a = (a >> 4 & 0x0F0F0F0F) | (a & 0x0F0F0F0F) << 4;
        return BinaryPrimitives.ReverseEndianness(a);
    }
}

internal readonly struct Reversed64 : IFunction<ulong, ulong>
{
    public static ulong Invoke(ulong a) => (ulong)Reversed32.Invoke((uint)a) << 32 | Reversed32.Invoke((uint)(a >> 32));
}
