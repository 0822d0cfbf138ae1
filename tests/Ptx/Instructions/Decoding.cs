namespace Transformer.Compiled.Ptx;

/// <summary>
/// An instruction while it is decoded: its modifiers, taken one by one in the order that PTX gives them, and its operands, checked against a type and turned into
/// offsets in the register file. What no decoder takes is an error.
/// </summary>
internal sealed class Decoding
{
    private readonly List<int> _reads = [];
    private readonly List<int> _writes = [];
    private int _modifier;
    private int _operands;

    private Decoding(KernelLayout layout, PtxEntry entry, PtxInstruction instruction)
    {
        Layout = layout;
        Entry = entry;
        Instruction = instruction;
    }

    public KernelLayout Layout { get; }

    public PtxEntry Entry { get; }

    public PtxInstruction Instruction { get; }

    public int OperandCount => Instruction.Operands.Count;

    /// <summary>Decodes an instruction.</summary>
    /// <exception cref="PtxException">It is unknown, or is not as PTX has it.</exception>
    public static Operation Decode(KernelLayout layout, PtxEntry entry, PtxInstruction instruction)
    {
        var decoding = new Decoding(layout, entry, instruction);
        if (!InstructionSet.Decoders.TryGetValue(instruction.Opcode, out var decoder))
            throw decoding.Error($"the instruction '{instruction.Opcode}' is not known");
        var operation = decoder(decoding);
        if (decoding._modifier < instruction.Modifiers.Count)
            throw decoding.Error($"found the modifier '.{instruction.Modifiers[decoding._modifier]}' at place {decoding._modifier + 1}, which '{instruction.Opcode}' does not take there");
        if (decoding._operands < instruction.Operands.Count)
            throw decoding.Error($"found {instruction.Operands.Count} operands, expected {decoding._operands}");
        operation.Instruction = instruction;
        operation.Reads = [.. decoding._reads.Distinct()];
        operation.Writes = [.. decoding._writes.Distinct()];
        if (instruction.Guard is { } guard)
        {
            operation.GuardOffset = layout.Offset(guard.Register);
            operation.GuardRegister = guard.Register.Index;
            operation.IsGuardNegated = guard.Negated;
        }

        return operation;
    }

    public PtxException Error(string message) => new(Instruction.Line, $"kernel '{Entry.Name}', '{Instruction.Text}': {message}.");

    // Modifiers

    /// <summary>Takes the next modifier if it is this one.</summary>
    public bool Take(string modifier)
    {
        if (_modifier >= Instruction.Modifiers.Count || Instruction.Modifiers[_modifier] != modifier) return false;
        _modifier++;
        return true;
    }

    /// <summary>Takes the next modifier, which has to be one of these.</summary>
    public string TakeOne(params ReadOnlySpan<string> modifiers)
    {
        foreach (string modifier in modifiers)
            if (Take(modifier)) return modifier;
        string expected = string.Join(", ", modifiers.ToArray().Select(modifier => $"'.{modifier}'"));
        throw Error($"found {NextModifier}, expected {expected}");
    }

    /// <summary>Takes the next modifier if it is one of these; otherwise null.</summary>
    public string? TakeAny(params ReadOnlySpan<string> modifiers)
    {
        foreach (string modifier in modifiers)
            if (Take(modifier)) return modifier;
        return null;
    }

    public PtxType TakeType()
    {
        if (_modifier >= Instruction.Modifiers.Count || PtxTypes.Find(Instruction.Modifiers[_modifier]) is not { } type) throw Error($"found {NextModifier}, expected a type");
        _modifier++;
        return type;
    }

    /// <summary>Takes the next modifier, which has to be one of these types.</summary>
    public PtxType TakeType(params ReadOnlySpan<PtxType> types)
    {
        foreach (var type in types)
            if (Take(type.Text()[1..])) return type;
        throw Error($"found {NextModifier}, expected one of the types {string.Join(", ", types.ToArray().Select(type => type.Text()))}");
    }

    /// <summary>Looks up the next modifier, a type, in a table of what the instruction can do.</summary>
    public T TakeType<T>(IReadOnlyDictionary<PtxType, T> table, out PtxType type)
    {
        type = TakeType([.. table.Keys]);
        return table[type];
    }

    private string NextModifier => _modifier < Instruction.Modifiers.Count ? $"'.{Instruction.Modifiers[_modifier]}'" : "no more modifiers";

    // Operands

    public PtxOperand Operand(int index)
    {
        if (index >= Instruction.Operands.Count) throw Error($"found {Instruction.Operands.Count} operands, expected at least {index + 1}");
        _operands = Math.Max(_operands, index + 1);
        return Instruction.Operands[index];
    }

    /// <summary>The offset of an operand that is read.</summary>
    public int Source(int index, PtxType type) => Source(Operand(index), type);

    /// <summary>The offset of an operand that is read and has exactly the width of its type.</summary>
    public int Source(PtxOperand operand, PtxType type)
    {
        if (operand is PtxRegisterOperand { Register: var register } && register.Type.Bits() != type.Bits())
            throw Error($"found {operand.Describe()}, expected a register of {type.Bits()} bits for {type.Text()}");
        return Value(operand, type).Offset;
    }

    /// <summary>An operand that is read, of which a register may be wider than its type.</summary>
    public LaneValue Value(PtxOperand operand, PtxType type)
    {
        switch (operand)
        {
            case PtxRegisterOperand { Register: var register, Negated: false }:
                CheckRegister(operand, register, type);
                _reads.Add(register.Index);
                return new LaneValue(Layout.Offset(register), KernelLayout.LaneBytes(register.Type));
            case PtxImmediateOperand immediate:
                int bytes = KernelLayout.LaneBytes(type);
                return new LaneValue(Layout.Constant(Bits(immediate, type), bytes), bytes);
            case PtxSpecialOperand special when Instruction.Opcode == "mov" && type.Bits() == 32 && type != PtxType.F32:
                return new LaneValue(Layout.Special(special.Name), 4);
            default:
                throw Error($"found {operand.Describe()}, expected a value of type {type.Text()}");
        }
    }

    /// <summary>The offset of a register that is written and has exactly the width of its type.</summary>
    public int Target(int index, PtxType type) => Target(Operand(index), type);

    public int Target(PtxOperand operand, PtxType type)
    {
        if (operand is PtxRegisterOperand { Register: var register } && register.Type.Bits() != type.Bits())
            throw Error($"found {operand.Describe()}, expected a register of {type.Bits()} bits for {type.Text()}");
        return WideTarget(operand, type).Offset;
    }

    /// <summary>A register that is written, and may be wider than its type.</summary>
    public LaneValue WideTarget(PtxOperand operand, PtxType type)
    {
        if (operand is not PtxRegisterOperand { Register: var register, Negated: false }) throw Error($"found {operand.Describe()}, expected a register of type {type.Text()} for the result");
        CheckRegister(operand, register, type);
        _writes.Add(register.Index);
        return new LaneValue(Layout.Offset(register), KernelLayout.LaneBytes(register.Type));
    }

    /// <summary>A predicate that is read; an integer is true unless it is 0.</summary>
    public (int Offset, bool IsNegated) Predicate(int index)
    {
        if (Operand(index) is PtxImmediateOperand { Kind: PtxImmediateKind.Integer } constant) return (Layout.Constant(constant.Bits == 0 ? 0 : uint.MaxValue, 4), false);
        if (Operand(index) is not PtxRegisterOperand { Register: { Type: PtxType.Pred } register } operand) throw Error($"found {Operand(index).Describe()}, expected a predicate");
        _reads.Add(register.Index);
        return (Layout.Offset(register), operand.Negated);
    }

    /// <summary>A predicate that is written.</summary>
    public int PredicateTarget(PtxOperand operand)
    {
        if (operand is not PtxRegisterOperand { Negated: false, Register: { Type: PtxType.Pred } register }) throw Error($"found {operand.Describe()}, expected a predicate for the result");
        _writes.Add(register.Index);
        return Layout.Offset(register);
    }

    /// <summary>The elements of a vector, of which there have to be <paramref name="count"/>; a single operand is a vector of one.</summary>
    public IReadOnlyList<PtxOperand> Elements(int index, int count)
    {
        var operand = Operand(index);
        IReadOnlyList<PtxOperand> elements = operand is PtxVectorOperand vector ? vector.Elements : [operand];
        return elements.Count == count ? elements : throw Error($"found {operand.Describe()}, expected {count} elements");
    }

    /// <summary>An integer that is part of the instruction.</summary>
    public long Constant(int index, long least, long most)
    {
        if (Operand(index) is not PtxImmediateOperand { Kind: PtxImmediateKind.Integer } immediate || (long)immediate.Bits < least || (long)immediate.Bits > most)
            throw Error($"found {Operand(index).Describe()}, expected an integer from {least} to {most}");
        return (long)immediate.Bits;
    }

    /// <summary>Notes that a register is written, beside its offset.</summary>
    public static int RegisterOf(PtxOperand operand) => ((PtxRegisterOperand)operand).Register.Index;

    private void CheckRegister(PtxOperand operand, PtxRegister register, PtxType type)
    {
        if (!type.Accepts(register.Type)) throw Error($"found {operand.Describe()}, expected a register for {type.Text()}");
        if (register.Type.Bits() < type.Bits()) throw Error($"found {operand.Describe()}, which is narrower than {type.Text()}");
    }

    private ulong Bits(PtxImmediateOperand immediate, PtxType type)
    {
        bool isFloat = type.Kind() == PtxTypeKind.Float;
        switch (immediate.Kind)
        {
            case PtxImmediateKind.Integer when type == PtxType.Pred || (isFloat && type is PtxType.F32 or PtxType.F64):
                break;
            case PtxImmediateKind.Integer:
                long value = (long)immediate.Bits;
                int bits = type.Bits();
                if (bits < 64 && (value >= 1L << bits || value < -(1L << (bits - 1)))) throw Error($"found the integer {value}, which does not fit into {type.Text()}");
                return immediate.Bits & (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1);
            case PtxImmediateKind.Float32 when type is PtxType.F32 or PtxType.B32:
                return immediate.Bits;
            case PtxImmediateKind.Float64 when type is PtxType.F64 or PtxType.B64:
                return immediate.Bits;
            case PtxImmediateKind.Float64 when type is PtxType.F32:
                return BitConverter.SingleToUInt32Bits((float)BitConverter.UInt64BitsToDouble(immediate.Bits));
        }

        throw Error($"found {immediate.Describe()}, expected a value of type {type.Text()}");
    }
}

/// <summary>Where in the register file a value is, and the bytes between its lanes.</summary>
internal readonly record struct LaneValue(int Offset, int LaneBytes);
