namespace Transformer.Compiled.Ptx;

/// <summary><c>atom</c> and <c>red</c>.</summary>
internal static class AtomicInstructions
{
    private static readonly Dictionary<string, PtxType[]> Types = new()
    {
        ["add"] = [PtxType.U32, PtxType.S32, PtxType.U64, PtxType.F32, PtxType.F64],
        ["min"] = [PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64],
        ["max"] = [PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64],
        ["and"] = [PtxType.B32, PtxType.B64],
        ["or"] = [PtxType.B32, PtxType.B64],
        ["xor"] = [PtxType.B32, PtxType.B64],
        ["inc"] = [PtxType.U32],
        ["dec"] = [PtxType.U32],
        ["exch"] = [PtxType.B32, PtxType.B64],
        ["cas"] = [PtxType.B32, PtxType.B64],
    };

    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["atom"] = Atom;
        decoders["red"] = Reduce;
    }

    private static AtomicOperation Atom(Decoding decoding)
    {
        TakeOrder(decoding);
        var space = MemoryInstructions.TakeSpace(decoding);
        string function = decoding.TakeOne([.. Types.Keys]);
        var type = decoding.TakeType(Types[function]);
        int result = decoding.Operand(0) is PtxSinkOperand ? -1 : decoding.Target(0, type);
        var address = MemoryInstructions.Address(decoding, 1, space);
        int a = decoding.Source(2, type);
        return new AtomicOperation(space, address, function, type, result, a, function == "cas" ? decoding.Source(3, type) : -1);
    }

    private static AtomicOperation Reduce(Decoding decoding)
    {
        TakeOrder(decoding);
        var space = MemoryInstructions.TakeSpace(decoding);
        string function = decoding.TakeOne([.. Types.Keys.Where(name => name is not ("exch" or "cas"))]);
        var type = decoding.TakeType(Types[function]);
        var address = MemoryInstructions.Address(decoding, 0, space);
        return new AtomicOperation(space, address, function, type, -1, decoding.Source(1, type), -1);
    }

    private static void TakeOrder(Decoding decoding)
    {
        decoding.TakeAny("relaxed", "acquire", "release", "acq_rel");
        decoding.TakeAny("cta", "gpu", "sys");
    }
}

/// <summary>Reads, combines and writes in one step, the lanes in shuffled order.</summary>
internal sealed unsafe class AtomicOperation(PtxSpace space, LaneAddress address, string function, PtxType type, int result, int a, int b)
    : MemoryOperation(space, address, type.Bytes(), 1)
{
    private readonly int[] _order = [.. Enumerable.Range(0, Warp.Lanes)];

    public override void Execute(Warp warp, uint mask)
    {
        byte** pointers = stackalloc byte*[Warp.Lanes];
        Resolve(warp, mask, AccessKind.Exchange, pointers);
        warp.Block.Machine.Random.Shuffle(_order);
        foreach (int lane in _order)
        {
            if ((mask >> lane & 1) == 0) continue;
            if (ElementBytes == 8) Apply64(warp, lane, (ulong*)pointers[lane]);
            else Apply32(warp, lane, (uint*)pointers[lane]);
        }
    }

    private void Apply32(Warp warp, int lane, uint* target)
    {
        uint old = *target, value = Lane.Get<uint>(warp.Registers + a, lane);
        *target = function == "cas" ? old == value ? Lane.Get<uint>(warp.Registers + b, lane) : old : Atomics.Combine(function, type, old, value);
        if (result >= 0) Lane.Set(warp.Registers + result, lane, old);
    }

    private void Apply64(Warp warp, int lane, ulong* target)
    {
        ulong old = *target, value = Lane.Get<ulong>(warp.Registers + a, lane);
        *target = function == "cas" ? old == value ? Lane.Get<ulong>(warp.Registers + b, lane) : old : Atomics.Combine64(function, type, old, value);
        if (result >= 0) Lane.Set(warp.Registers + result, lane, old);
    }
}

/// <summary>What atomic operations and reductions put together.</summary>
internal static class Atomics
{
    public static uint Combine(string function, PtxType type, uint old, uint value) => (function, type) switch
    {
        ("add", PtxType.F32) => BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(old) + BitConverter.UInt32BitsToSingle(value)),
        ("add", _) => unchecked(old + value),
        ("min", PtxType.S32) => (uint)Math.Min((int)old, (int)value),
        ("min", _) => Math.Min(old, value),
        ("max", PtxType.S32) => (uint)Math.Max((int)old, (int)value),
        ("max", _) => Math.Max(old, value),
        ("and", _) => old & value,
        ("or", _) => old | value,
        ("xor", _) => old ^ value,
        ("inc", _) => old >= value ? 0 : old + 1,
        ("dec", _) => old == 0 || old > value ? value : old - 1,
        _ => value,
    };

    public static ulong Combine64(string function, PtxType type, ulong old, ulong value) => (function, type) switch
    {
        ("add", PtxType.F64) => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(old) + BitConverter.UInt64BitsToDouble(value)),
        ("add", _) => unchecked(old + value),
        ("min", PtxType.S64) => (ulong)Math.Min((long)old, (long)value),
        ("min", _) => Math.Min(old, value),
        ("max", PtxType.S64) => (ulong)Math.Max((long)old, (long)value),
        ("max", _) => Math.Max(old, value),
        ("and", _) => old & value,
        ("or", _) => old | value,
        ("xor", _) => old ^ value,
        _ => value,
    };
}
