namespace Transformer.Compiled.Ptx;

/// <summary><c>cvt</c>.</summary>
internal static class ConversionInstructions
{
    private static readonly PtxType[] Numbers =
    [
        PtxType.U8, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S8, PtxType.S16, PtxType.S32, PtxType.S64, PtxType.F16, PtxType.F32, PtxType.F64,
    ];

    public static void AddTo(Dictionary<string, Decoder> decoders) => decoders["cvt"] = Convert;

    private static Operation Convert(Decoding decoding)
    {
        string? rounding = decoding.TakeAny("rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi", "rna");
        bool flushes = decoding.Take("ftz"), saturates = decoding.Take("sat");
        var to = decoding.TakeType();
        var from = decoding.TakeType();
        if (to is PtxType.BF16 or PtxType.BF16X2 or PtxType.TF32 || from is PtxType.BF16) return Tensor(decoding, rounding, flushes || saturates, to, from);
        if (!Numbers.Contains(to) || !Numbers.Contains(from)) throw decoding.Error($"there is no conversion from {from.Text()} to {to.Text()}");
        CheckRounding(decoding, rounding, to, from);
        if (flushes && to != PtxType.F32 && from != PtxType.F32) throw decoding.Error("'.ftz' goes with '.f32'");
        var conversion = new Conversion(to, from, rounding is null ? Direction.Nearest : Rounding.Parse(rounding), rounding is { Length: 3 })
        {
            Flushes = flushes,
            Saturates = saturates,
        };
        var target = decoding.WideTarget(decoding.Operand(0), Register(to));
        var source = decoding.Value(decoding.Operand(1), Register(from));
        return Fast(conversion, target, source) ?? new ConvertOperation(conversion, target, source);
    }

    /// <summary>Registers hold half precision as 16 bits, and nothing is declared with 8 bits.</summary>
    private static PtxType Register(PtxType type) => type == PtxType.F16 ? PtxType.B16 : type;

    private static void CheckRounding(Decoding decoding, string? rounding, PtxType to, PtxType from)
    {
        bool isToFloat = to.Kind() == PtxTypeKind.Float, isFromFloat = from.Kind() == PtxTypeKind.Float;
        string[] expected = (isFromFloat, isToFloat) switch
        {
            (false, false) => [],
            (true, false) => ["rni", "rzi", "rmi", "rpi"],
            (false, true) => ["rn", "rz", "rm", "rp"],
            _ when to == from => ["rni", "rzi", "rmi", "rpi"],
            _ when to.Bits() > from.Bits() => [],
            _ => ["rn", "rz", "rm", "rp"],
        };
        bool isFine = rounding is null ? expected.Length == 0 || to == from : expected.Contains(rounding);
        if (isFine) return;
        string found = rounding is null ? "no rounding" : $"'.{rounding}'";
        string wanted = expected.Length == 0 ? "none" : string.Join(", ", expected.Select(name => $"'.{name}'"));
        throw decoding.Error($"found {found} for the conversion from {from.Text()} to {to.Text()}, expected {wanted}");
    }

    /// <summary>The conversions of which kernels have many.</summary>
    private static Operation? Fast(Conversion conversion, LaneValue to, LaneValue from)
    {
        if (conversion.Flushes || conversion.Saturates || to.LaneBytes != Math.Max(4, conversion.To.Bytes()) || from.LaneBytes != Math.Max(4, conversion.From.Bytes())) return null;
        return (conversion.To, conversion.From, conversion.Direction) switch
        {
            (PtxType.U64 or PtxType.S64, PtxType.U32, _) => new Map<WidenU32, uint, ulong>(to.Offset, from.Offset),
            (PtxType.U64 or PtxType.S64, PtxType.S32, _) => new Map<WidenS32, int, long>(to.Offset, from.Offset),
            (PtxType.U32 or PtxType.S32, PtxType.U64 or PtxType.S64, _) => new Map<Narrow64, ulong, uint>(to.Offset, from.Offset),
            (PtxType.F32, PtxType.S32, Direction.Nearest) => new Map<SingleOfS32, int, float>(to.Offset, from.Offset),
            (PtxType.F32, PtxType.U32, Direction.Nearest) => new Map<SingleOfU32, uint, float>(to.Offset, from.Offset),
            _ => null,
        };
    }

    private static Operation Tensor(Decoding decoding, string? rounding, bool hasMore, PtxType to, PtxType from)
    {
        if (hasMore) throw decoding.Error($"neither '.ftz' nor '.sat' goes with the conversion from {from.Text()} to {to.Text()}");
        switch (to, from, rounding)
        {
            case (PtxType.BF16, PtxType.F32, "rn" or "rz"):
                int result = decoding.Target(0, PtxType.B16), a = decoding.Source(1, PtxType.F32);
                return rounding == "rn" ? new Map<BFloat16Nearest, float, ushort>(result, a) : new Map<BFloat16Zero, float, ushort>(result, a);
            case (PtxType.BF16X2, PtxType.F32, "rn" or "rz"):
                int both = decoding.Target(0, PtxType.B32), upper = decoding.Source(1, PtxType.F32), lower = decoding.Source(2, PtxType.F32);
                return rounding == "rn"
                    ? new Map<BFloat16Pair<BFloat16Nearest>, float, float, uint>(both, upper, lower)
                    : new Map<BFloat16Pair<BFloat16Zero>, float, float, uint>(both, upper, lower);
            case (PtxType.TF32, PtxType.F32, "rna"):
                return new Map<TensorFloat32, float, uint>(decoding.Target(0, PtxType.B32), decoding.Source(1, PtxType.F32));
            default:
                throw decoding.Error($"there is no conversion{(rounding is null ? "" : $" with '.{rounding}'")} from {from.Text()} to {to.Text()} on sm_80");
        }
    }
}

/// <summary>What a conversion does; <paramref name="IsToIntegral"/> for the roundings that end on i.</summary>
internal sealed record Conversion(PtxType To, PtxType From, Direction Direction, bool IsToIntegral)
{
    public bool Flushes { get; init; }

    public bool Saturates { get; init; }

    /// <summary>Converts bits of one type, in the lower part of a word, to bits of the other, sign-extended if it is signed.</summary>
    public ulong Apply(ulong bits) => From.Kind() == PtxTypeKind.Float ? OfFloat(Float(bits)) : OfInteger(Integer(bits));

    private Int128 Integer(ulong bits)
    {
        int unused = 64 - From.Bits();
        return From.Kind() == PtxTypeKind.Signed ? (long)(bits << unused) >> unused : bits << unused >> unused;
    }

    private double Float(ulong bits) => From switch
    {
        PtxType.F16 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        PtxType.F32 => Flushes ? Subnormals.Flush(BitConverter.UInt32BitsToSingle((uint)bits)) : BitConverter.UInt32BitsToSingle((uint)bits),
        _ => BitConverter.UInt64BitsToDouble(bits),
    };

    private ulong OfInteger(Int128 value)
    {
        if (To.Kind() == PtxTypeKind.Float)
        {
            return To switch
            {
                PtxType.F32 => BitConverter.SingleToUInt32Bits(Limit(Rounding.ToSingle(value, Direction))),
                PtxType.F64 => BitConverter.DoubleToUInt64Bits(Limit(Rounding.ToDouble(value, Direction))),
                _ => Rounding.ToHalf(Limit((double)value), Direction),
            };
        }

        if (Saturates) value = Int128.Clamp(value, Least, Most);
        return Extend((ulong)(UInt128)value);
    }

    private ulong OfFloat(double value)
    {
        if (To.Kind() != PtxTypeKind.Float)
        {
            if (double.IsNaN(value)) return 0;
            double integral = Rounding.ToIntegral(value, Direction);
            if (integral >= (double)Most) return Extend((ulong)(UInt128)Most);
            return Extend((ulong)(UInt128)(integral <= (double)Least ? Least : (Int128)integral));
        }

        if (IsToIntegral) value = Rounding.ToIntegral(value, Direction);
        value = Limit(value);
        return To switch
        {
            PtxType.F16 => Rounding.ToHalf(value, Direction),
            PtxType.F32 => BitConverter.SingleToUInt32Bits(Flushes ? Subnormals.Flush(Rounding.ToSingle(value, Direction)) : Rounding.ToSingle(value, Direction)),
            _ => BitConverter.DoubleToUInt64Bits(value),
        };
    }

    private float Limit(float value) => Saturates ? Saturation.Unit(value) : value;

    private double Limit(double value) => !Saturates ? value : value > 0 ? Math.Min(value, 1) : 0;

    private Int128 Least => To.Kind() == PtxTypeKind.Signed ? -(Int128.One << (To.Bits() - 1)) : 0;

    private Int128 Most => (Int128.One << (To.Kind() == PtxTypeKind.Signed ? To.Bits() - 1 : To.Bits())) - 1;

    private ulong Extend(ulong bits)
    {
        int unused = 64 - To.Bits();
        return To.Kind() == PtxTypeKind.Signed ? (ulong)((long)(bits << unused) >> unused) : bits << unused >> unused;
    }
}

/// <summary>Any conversion of numbers, lane by lane.</summary>
internal sealed unsafe class ConvertOperation(Conversion conversion, LaneValue target, LaneValue source) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* to = warp.Registers + target.Offset, from = warp.Registers + source.Offset;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            ulong result = conversion.Apply(source.LaneBytes == 8 ? Lane.Get<ulong>(from, lane) : Lane.Get<uint>(from, lane));
            if (target.LaneBytes == 8) Lane.Set(to, lane, result);
            else Lane.Set(to, lane, (uint)result);
        }
    }
}

internal readonly struct WidenU32 : IFunction<uint, ulong>
{
    public static ulong Invoke(uint a) => a;
}

internal readonly struct WidenS32 : IFunction<int, long>
{
    public static long Invoke(int a) => a;
}

internal readonly struct Narrow64 : IFunction<ulong, uint>
{
    public static uint Invoke(ulong a) => (uint)a;
}

internal readonly struct SingleOfS32 : IFunction<int, float>
{
    public static float Invoke(int a) => a;
}

internal readonly struct SingleOfU32 : IFunction<uint, float>
{
    public static float Invoke(uint a) => a;
}

internal readonly struct BFloat16Nearest : IFunction<float, ushort>
{
    public static ushort Invoke(float a) => Rounding.ToBFloat16(a, Direction.Nearest);
}

internal readonly struct BFloat16Zero : IFunction<float, ushort>
{
    public static ushort Invoke(float a) => Rounding.ToBFloat16(a, Direction.Zero);
}

/// <summary>The first operand becomes the upper half.</summary>
internal readonly struct BFloat16Pair<TRounding> : IFunction<float, float, uint>
    where TRounding : IFunction<float, ushort>
{
    public static uint Invoke(float a, float b) => (uint)TRounding.Invoke(a) << 16 | TRounding.Invoke(b);
}

internal readonly struct TensorFloat32 : IFunction<float, uint>
{
    public static uint Invoke(float a) => Rounding.ToTensorFloat32(a);
}
