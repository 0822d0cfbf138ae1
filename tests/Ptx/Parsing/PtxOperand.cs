namespace Transformer.Compiled.Ptx;

/// <summary>An operand of an instruction.</summary>
public abstract record PtxOperand
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Describe();
}

/// <summary>A register; <paramref name="Negated"/> for <c>!%p</c>.</summary>
public sealed record PtxRegisterOperand(PtxRegister Register, bool Negated) : PtxOperand
{
    /// <inheritdoc/>
    public override string Describe() => $"{(Negated ? "!" : "")}{Register.Name} ({Register.Type.Text()})";
}

/// <summary>A special register, as in <c>%tid.x</c>.</summary>
public sealed record PtxSpecialOperand(string Name) : PtxOperand
{
    /// <inheritdoc/>
    public override string Describe() => Name;
}

/// <summary>How a constant was written.</summary>
public enum PtxImmediateKind
{
    /// <summary>An integer; <see cref="PtxImmediateOperand.Bits"/> is its 64-bit two's complement.</summary>
    Integer,
    /// <summary><c>0f</c>: the bits of a float32.</summary>
    Float32,
    /// <summary><c>0d</c> or decimal: the bits of a float64.</summary>
    Float64,
}

/// <summary>A constant.</summary>
public sealed record PtxImmediateOperand(PtxImmediateKind Kind, ulong Bits) : PtxOperand
{
    /// <inheritdoc/>
    public override string Describe() => Kind switch
    {
        PtxImmediateKind.Integer => $"the integer {(long)Bits}",
        PtxImmediateKind.Float32 => $"the float32 0f{Bits:X8}",
        _ => $"the float64 0d{Bits:X16}",
    };
}

/// <summary>The address of a variable or parameter, with a displacement in bytes.</summary>
public sealed record PtxSymbolOperand(string Name, PtxVariable? Variable, PtxParameter? Parameter, long Offset) : PtxOperand
{
    /// <inheritdoc/>
    public override string Describe() => $"the address of {Name}";
}

/// <summary>Memory: <c>[base + offset]</c>, where the base is a register, a symbol or a constant.</summary>
public sealed record PtxAddressOperand(PtxOperand Base, long Offset) : PtxOperand
{
    /// <inheritdoc/>
    public override string Describe() => $"[{Base.Describe()}{(Offset == 0 ? "" : $"+{Offset}")}]";
}

/// <summary><c>{a, b, …}</c>.</summary>
public sealed record PtxVectorOperand(IReadOnlyList<PtxOperand> Elements) : PtxOperand
{
    /// <inheritdoc/>
    public override string Describe() => $"{{{string.Join(", ", Elements.Select(element => element.Describe()))}}}";
}

/// <summary><c>a|b</c>: two results.</summary>
public sealed record PtxPairOperand(PtxOperand First, PtxOperand Second) : PtxOperand
{
    /// <inheritdoc/>
    public override string Describe() => $"{First.Describe()}|{Second.Describe()}";
}

/// <summary><c>_</c>: a result that nobody wants.</summary>
public sealed record PtxSinkOperand : PtxOperand
{
    /// <inheritdoc/>
    public override string Describe() => "_";
}

/// <summary>Where a branch goes.</summary>
public sealed record PtxLabelOperand(string Name) : PtxOperand
{
    /// <summary>The label, within whose scope the branch is.</summary>
    public PtxLabel Label { get; internal set; } = null!;

    /// <inheritdoc/>
    public override string Describe() => $"the label {Name}";
}

/// <summary><c>@%p</c> or <c>@!%p</c>.</summary>
public sealed record PtxGuard(PtxRegister Register, bool Negated);

/// <summary>An instruction.</summary>
/// <param name="Opcode">Its name without modifiers.</param>
/// <param name="Modifiers">What follows with points, without them.</param>
/// <param name="Operands">The operands as they stand.</param>
/// <param name="Guard">The predicate under which it is executed, or null.</param>
/// <param name="Index">Its place in the kernel.</param>
/// <param name="Line">The line it begins on.</param>
/// <param name="Text">As it stands in the text, up to the semicolon.</param>
public sealed record PtxInstruction(
    string Opcode, IReadOnlyList<string> Modifiers, IReadOnlyList<PtxOperand> Operands, PtxGuard? Guard, int Index, int Line, string Text)
{
    /// <summary>The name with all modifiers, as in <c>add.rn.f32</c>.</summary>
    public string Name => Modifiers.Count == 0 ? Opcode : $"{Opcode}.{string.Join('.', Modifiers)}";
}
