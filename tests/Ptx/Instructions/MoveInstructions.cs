namespace Transformer.Compiled.Ptx;

/// <summary><c>mov</c>, with packing and unpacking, and <c>cvta</c>.</summary>
internal static class MoveInstructions
{
    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["mov"] = Move;
        decoders["cvta"] = ConvertAddress;
    }

    private static Operation Move(Decoding decoding)
    {
        if (decoding.Take("pred")) return new PredicateMove(decoding.PredicateTarget(decoding.Operand(0)), decoding.Predicate(1));
        var type = decoding.TakeType(
            PtxType.B16, PtxType.B32, PtxType.B64, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32, PtxType.S64, PtxType.F32, PtxType.F64);
        if (decoding.Operand(1) is PtxVectorOperand from) return Pack(decoding, type, from);
        if (decoding.Operand(0) is PtxVectorOperand to) return Unpack(decoding, type, to);
        int result = decoding.Target(0, type);
        int source = decoding.Operand(1) is PtxSymbolOperand symbol ? AddressOf(decoding, symbol, type) : decoding.Source(1, type);
        return type.Bits() switch
        {
            16 => new Map<Same<ushort>, ushort, ushort>(result, source),
            32 => new Map<Same<uint>, uint, uint>(result, source),
            _ => new Map<Same<ulong>, ulong, ulong>(result, source),
        };
    }

    private static int AddressOf(Decoding decoding, PtxSymbolOperand symbol, PtxType type)
    {
        if (symbol.Variable is not { } variable) throw decoding.Error($"{symbol.Describe()}, a parameter, cannot be taken; parameters are read with ld.param");
        bool isWide = type is PtxType.U64 or PtxType.S64 or PtxType.B64;
        bool isNarrow = type is PtxType.U32 or PtxType.S32 or PtxType.B32 && variable.Space == PtxSpace.Shared;
        if (!isWide && !isNarrow) throw decoding.Error($"{symbol.Describe()} does not go into {type.Text()}");
        return decoding.Layout.Constant(decoding.Layout.Address(variable) + (ulong)symbol.Offset, isWide ? 8 : 4);
    }

    private static PackOperation Pack(Decoding decoding, PtxType type, PtxVectorOperand vector)
    {
        var part = Part(decoding, type, vector);
        return new PackOperation(decoding.Target(0, type), [.. vector.Elements.Select(element => decoding.Source(element, part))], type.Bytes());
    }

    private static UnpackOperation Unpack(Decoding decoding, PtxType type, PtxVectorOperand vector)
    {
        var part = Part(decoding, type, vector);
        int source = decoding.Source(1, type);
        return new UnpackOperation([.. vector.Elements.Select(element => element is PtxSinkOperand ? -1 : decoding.Target(element, part))], source, type.Bytes());
    }

    private static PtxType Part(Decoding decoding, PtxType type, PtxVectorOperand vector)
    {
        if (type is not (PtxType.B32 or PtxType.B64)) throw decoding.Error($"{vector.Describe()} goes with '.b32' or '.b64', not with '{type.Text()}'");
        return (type.Bits() / vector.Elements.Count, vector.Elements.Count) switch
        {
            (16, 2 or 4) => PtxType.B16,
            (32, 2) => PtxType.B32,
            _ => throw decoding.Error($"found {vector.Elements.Count} elements, which do not make up {type.Text()}"),
        };
    }

    /// <summary><c>cvta.space.u64</c> and <c>cvta.to.space.u64</c>: global addresses are generic ones; shared memory has a window.</summary>
    private static Operation ConvertAddress(Decoding decoding)
    {
        bool isTo = decoding.Take("to");
        string space = decoding.TakeOne("global", "const", "shared", "shared::cta");
        var type = decoding.TakeType(PtxType.U64);
        int result = decoding.Target(0, type);
        int source = decoding.Operand(1) is PtxSymbolOperand symbol ? AddressOf(decoding, symbol, type) : decoding.Source(1, type);
        if (space is "global" or "const") return new Map<Same<ulong>, ulong, ulong>(result, source);
        return isTo ? new Map<GenericToShared, ulong, ulong>(result, source) : new Map<SharedToGeneric, ulong, ulong>(result, source);
    }
}

internal readonly struct Same<T> : IFunction<T, T>
{
    public static T Invoke(T a) => a;
}

internal readonly struct SharedToGeneric : IFunction<ulong, ulong>
{
    public static ulong Invoke(ulong a) => a + MemoryOperation.SharedWindow;
}

internal readonly struct GenericToShared : IFunction<ulong, ulong>
{
    public static ulong Invoke(ulong a) => a - MemoryOperation.SharedWindow;
}

internal sealed class PredicateMove(int result, (int Offset, bool IsNegated) a) : Operation
{
    public override void Execute(Warp warp, uint mask) => Predicates.Set(warp, result, mask, Predicates.Get(warp, a));
}

/// <summary><c>mov.b64 %rd, {%r0, %r1}</c>: the first element is the lowest.</summary>
internal sealed unsafe class PackOperation(int result, int[] parts, int bytes) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* file = warp.Registers;
        int bits = bytes * 8 / parts.Length;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            ulong value = 0;
            for (int index = 0; index < parts.Length; index++)
                value |= (bits == 16 ? Lane.Get<ushort>(file + parts[index], lane) : Lane.Get<uint>(file + parts[index], lane)) * (1UL << (index * bits));
            if (bytes == 8) Lane.Set(file + result, lane, value);
            else Lane.Set(file + result, lane, (uint)value);
        }
    }
}

/// <summary><c>mov.b64 {%r0, %r1}, %rd</c>.</summary>
internal sealed unsafe class UnpackOperation(int[] parts, int source, int bytes) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* file = warp.Registers;
        int bits = bytes * 8 / parts.Length;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            ulong value = bytes == 8 ? Lane.Get<ulong>(file + source, lane) : Lane.Get<uint>(file + source, lane);
            for (int index = 0; index < parts.Length; index++)
            {
                if (parts[index] < 0) continue;
                if (bits == 16) Lane.Set(file + parts[index], lane, (ushort)(value >> (index * 16)));
                else Lane.Set(file + parts[index], lane, (uint)(value >> (index * 32)));
            }
        }
    }
}
