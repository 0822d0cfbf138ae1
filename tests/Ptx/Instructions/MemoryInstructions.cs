namespace Transformer.Compiled.Ptx;

/// <summary><c>ld</c> and <c>st</c>.</summary>
internal static class MemoryInstructions
{
    private static readonly PtxType[] Types =
    [
        PtxType.B8, PtxType.B16, PtxType.B32, PtxType.B64, PtxType.U8, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S8, PtxType.S16, PtxType.S32, PtxType.S64,
        PtxType.F32, PtxType.F64,
    ];

    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["ld"] = Load;
        decoders["st"] = Store;
    }

    private static Operation Load(Decoding decoding)
    {
        TakeOrder(decoding, "acquire");
        var space = TakeSpace(decoding, "param");
        decoding.TakeAny("ca", "cg", "cs", "lu", "cv");
        bool isReadOnly = decoding.Take("nc");
        TakeHints(decoding);
        var (count, type) = TakeElements(decoding);
        var targets = decoding.Elements(0, count).Select(element => element is PtxSinkOperand ? new LaneValue(-1, 4) : decoding.WideTarget(element, type)).ToArray();
        if (isReadOnly && space != PtxSpace.Global) throw decoding.Error("'.nc' goes with '.global'");
        if (space == PtxSpace.Param) return Parameter(decoding, type, targets);
        return new LoadOperation(space, Address(decoding, 1, space), type, targets, isReadOnly ? AccessKind.ReadOnly : AccessKind.Read);
    }

    private static StoreOperation Store(Decoding decoding)
    {
        TakeOrder(decoding, "release");
        var space = TakeSpace(decoding);
        decoding.TakeAny("wb", "cg", "cs", "wt");
        TakeHints(decoding);
        var (count, type) = TakeElements(decoding);
        if (space == PtxSpace.Const) throw decoding.Error("constant memory cannot be written");
        var address = Address(decoding, 0, space);
        return new StoreOperation(space, address, type, [.. decoding.Elements(1, count).Select(element => decoding.Value(element, type))]);
    }

    private static void TakeOrder(Decoding decoding, string ordered)
    {
        if (decoding.TakeAny("weak", "volatile") is not null) return;
        if (decoding.TakeAny("relaxed", ordered) is not null) decoding.TakeOne("cta", "gpu", "sys");
    }

    private static void TakeHints(Decoding decoding)
    {
        decoding.TakeAny("L1::evict_normal", "L1::evict_unchanged", "L1::evict_first", "L1::evict_last", "L1::no_allocate");
        decoding.TakeAny("L2::64B", "L2::128B", "L2::256B");
    }

    /// <summary>The space that the next modifier names; generic if it names none.</summary>
    public static PtxSpace TakeSpace(Decoding decoding, params ReadOnlySpan<string> more) => decoding.TakeAny(["global", "shared", "shared::cta", "const", .. more]) switch
    {
        "global" => PtxSpace.Global,
        "shared" or "shared::cta" => PtxSpace.Shared,
        "const" => PtxSpace.Const,
        "param" => PtxSpace.Param,
        _ => PtxSpace.Generic,
    };

    private static (int Count, PtxType Type) TakeElements(Decoding decoding)
    {
        int count = decoding.TakeAny("v2", "v4") switch { "v2" => 2, "v4" => 4, _ => 1 };
        var type = decoding.TakeType(Types);
        return count * type.Bytes() <= 16 ? (count, type) : throw decoding.Error($"{count} elements of {type.Text()} are more than 16 bytes");
    }

    private static LoadParameter Parameter(Decoding decoding, PtxType type, LaneValue[] targets)
    {
        if (decoding.Operand(1) is not PtxAddressOperand { Base: PtxSymbolOperand { Parameter: { } parameter }, Offset: var offset })
            throw decoding.Error($"found {decoding.Operand(1).Describe()}, expected a parameter in brackets");
        int bytes = type.Bytes() * targets.Length;
        if (offset < 0 || offset + bytes > parameter.Bytes) throw decoding.Error($"{bytes} bytes at {offset} are not inside of the {parameter.Bytes} bytes of '{parameter.Name}'");
        if ((parameter.Offset + offset) % bytes != 0) throw decoding.Error($"{bytes} bytes at {offset} of '{parameter.Name}' are not aligned");
        return new LoadParameter(parameter.Offset + (int)offset, type, targets);
    }

    /// <summary>An address in a space: registers are 64 bits wide, or 32 for shared memory.</summary>
    public static LaneAddress Address(Decoding decoding, int index, PtxSpace space)
    {
        if (decoding.Operand(index) is not PtxAddressOperand address) throw decoding.Error($"found {decoding.Operand(index).Describe()}, expected an address in brackets");
        switch (address.Base)
        {
            case PtxRegisterOperand { Register: var register }:
                bool isNarrow = space == PtxSpace.Shared && register.Type.Bits() == 32;
                return new LaneAddress(decoding.Value(address.Base, isNarrow ? PtxType.U32 : PtxType.U64), address.Offset);
            case PtxSymbolOperand { Variable: { } variable }:
                bool fits = variable.Space == space || space == PtxSpace.Generic;
                if (!fits) throw decoding.Error($"'{variable.Name}' is in {variable.Space} memory, not in {space} memory");
                ulong window = space == PtxSpace.Generic && variable.Space == PtxSpace.Shared ? MemoryOperation.SharedWindow : 0;
                return new LaneAddress(new LaneValue(decoding.Layout.Constant(decoding.Layout.Address(variable) + window, 8), 8), address.Offset);
            case PtxImmediateOperand immediate:
                return new LaneAddress(new LaneValue(decoding.Layout.Constant(immediate.Bits, 8), 8), address.Offset);
            default:
                throw decoding.Error($"found {address.Describe()}, expected an address in {space} memory");
        }
    }
}
