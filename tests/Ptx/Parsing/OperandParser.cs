namespace Transformer.Compiled.Ptx;

/// <summary>Operands; names are looked up in the scope at once.</summary>
internal sealed class OperandParser(TokenReader reader)
{
    private static readonly HashSet<string> Triples = ["%tid", "%ntid", "%ctaid", "%nctaid"];

    private static readonly HashSet<string> Specials =
    [
        "%laneid", "%warpid", "%nwarpid", "%lanemask_eq", "%lanemask_lt", "%lanemask_le", "%lanemask_gt", "%lanemask_ge", "%dynamic_smem_size", "%total_smem_size",
    ];

    public PtxOperand Read(Scope scope)
    {
        var token = reader.Current;
        if (reader.TryTake('[')) return Address(scope);
        if (reader.TryTake('{')) return Vector(scope);
        if (reader.TryTake('!')) return Name(scope) is PtxRegisterOperand { Register.Type: PtxType.Pred } register
            ? register with { Negated = true }
            : throw new PtxException(token.Line, "'!' is not followed by a predicate.");
        if (token.Is('-') || IsNumber(token)) return Number();
        if (token.Kind != PtxTokenKind.Identifier) throw reader.Unexpected("an operand");
        var first = Name(scope);
        return reader.TryTake('|') ? new PtxPairOperand(first, Name(scope)) : first;
    }

    private static bool IsNumber(PtxToken token) => token.Kind is PtxTokenKind.Integer or PtxTokenKind.Float32 or PtxTokenKind.Float64;

    private PtxImmediateOperand Number()
    {
        bool isNegative = reader.TryTake('-');
        if (!IsNumber(reader.Current)) throw reader.Unexpected("a number");
        var number = reader.Take();
        return number.Kind switch
        {
            PtxTokenKind.Integer => new(PtxImmediateKind.Integer, isNegative ? unchecked(0 - number.Bits) : number.Bits),
            PtxTokenKind.Float32 => new(PtxImmediateKind.Float32, isNegative ? number.Bits ^ 0x80000000 : number.Bits),
            _ => new(PtxImmediateKind.Float64, isNegative ? number.Bits ^ 0x8000000000000000 : number.Bits),
        };
    }

    private PtxOperand Name(Scope scope)
    {
        var name = reader.ExpectName("a register, a variable or a parameter");
        if (name.Text == "_") return new PtxSinkOperand();
        if (name.Text == "WARP_SZ") return new PtxImmediateOperand(PtxImmediateKind.Integer, 32);
        return scope.Find(name.Text) switch
        {
            PtxRegister register => new PtxRegisterOperand(register, Negated: false),
            PtxVariable variable => new PtxSymbolOperand(name.Text, variable, null, Displacement()),
            PtxParameter parameter => new PtxSymbolOperand(name.Text, null, parameter, Displacement()),
            _ => Special(name),
        };
    }

    private PtxSpecialOperand Special(PtxToken name)
    {
        if (Triples.Contains(name.Text) && reader.Current.Kind == PtxTokenKind.Directive && reader.Current.Text is "x" or "y" or "z")
            return new PtxSpecialOperand($"{name.Text}.{reader.Take().Text}");
        return Specials.Contains(name.Text)
            ? new PtxSpecialOperand(name.Text)
            : throw new PtxException(name.Line, $"'{name.Text}' is not declared; expected a register, a special register, a variable or a parameter.");
    }

    private long Displacement()
    {
        if (!reader.Current.Is('+') && !reader.Current.Is('-')) return 0;
        bool isNegative = reader.Take().Is('-');
        isNegative ^= reader.TryTake('-');
        if (reader.Current.Kind != PtxTokenKind.Integer) throw reader.Unexpected("a displacement in bytes");
        long displacement = (long)reader.Take().Bits;
        return isNegative ? -displacement : displacement;
    }

    private PtxAddressOperand Address(Scope scope)
    {
        var token = reader.Current;
        PtxOperand start = IsNumber(token) ? Number() : Name(scope);
        if (start is not (PtxRegisterOperand or PtxSymbolOperand or PtxImmediateOperand { Kind: PtxImmediateKind.Integer }))
            throw new PtxException(token.Line, $"found {start.Describe()} in brackets, expected a register, a variable, a parameter or an integer.");
        long offset = start is PtxSymbolOperand symbol ? symbol.Offset : Displacement();
        if (start is PtxSymbolOperand { Offset: not 0 } moved) start = moved with { Offset = 0 };
        reader.Expect(']');
        return new PtxAddressOperand(start, offset);
    }

    private PtxVectorOperand Vector(Scope scope)
    {
        var elements = new List<PtxOperand>();
        do elements.Add(Read(scope));
        while (reader.TryTake(','));
        reader.Expect('}');
        return new PtxVectorOperand(elements);
    }
}
