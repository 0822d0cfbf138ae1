namespace Transformer.Compiled.Ptx;

/// <summary>The body of a kernel: declarations, labels, instructions, nested scopes.</summary>
internal sealed class BodyParser(TokenReader reader, PtxEntry entry)
{
    private readonly OperandParser _operands = new(reader);

    public void Read(Scope outer)
    {
        int line = reader.Current.Line;
        reader.Expect('{');
        var scope = new Scope(outer) { IsBody = true };
        while (!reader.TryTake('}'))
        {
            if (reader.Current.Kind == PtxTokenKind.End) throw new PtxException(line, $"the scope that begins here, in kernel '{entry.Name}', is not closed; expected '}}'.");
            Statement(scope);
        }

        scope.ResolveLabels(entry.Name);
    }

    private void Statement(Scope scope)
    {
        var token = reader.Current;
        if (token.Is('{')) Read(scope);
        else if (token.Is('@')) Instruction(scope, Guard(scope));
        else if (token.Kind == PtxTokenKind.Directive) Declaration(scope);
        else if (token.Kind == PtxTokenKind.Identifier && reader.Ahead.Is(':')) Label(scope);
        else if (token.Kind == PtxTokenKind.Identifier) Instruction(scope, null);
        else throw reader.Unexpected("an instruction, a declaration, a label or '}'");
    }

    private void Declaration(Scope scope)
    {
        var token = reader.Current;
        if (reader.TryTakeDirective("reg"))
        {
            Registers(scope);
        }
        else if (reader.TryTakeDirective("pragma"))
        {
            reader.Take();
            reader.Expect(';');
        }
        else if (VariableReader.SpaceOf(token.Text) is { } space and (PtxSpace.Shared or PtxSpace.Local))
        {
            foreach (var variable in VariableReader.Read(reader, space, isExternal: false))
            {
                entry.VariableList.Add(variable);
                scope.Declare(variable);
            }
        }
        else
        {
            throw reader.Unexpected("'.reg', '.shared', '.local' or '.pragma'");
        }
    }

    private void Registers(Scope scope)
    {
        var type = reader.ExpectType();
        if (type is PtxType.B8 or PtxType.U8 or PtxType.S8 or PtxType.BF16 or PtxType.BF16X2 or PtxType.TF32)
            throw new PtxException(reader.Current.Line, $"no register is of type {type.Text()}; expected a type of 16, 32 or 64 bits, or '.pred'.");
        do
        {
            var name = reader.ExpectName("the name of a register");
            if (!reader.TryTake('<'))
            {
                Register(scope, name.Text, type, name.Line);
                continue;
            }

            int count = reader.ExpectInteger("a number of registers");
            reader.Expect('>');
            for (int index = 0; index < count; index++) Register(scope, $"{name.Text}{index}", type, name.Line);
        }
        while (reader.TryTake(','));
        reader.Expect(';');
    }

    private void Register(Scope scope, string name, PtxType type, int line)
    {
        var register = new PtxRegister(name, type, entry.RegisterList.Count, line);
        entry.RegisterList.Add(register);
        scope.Declare(register);
    }

    private void Label(Scope scope)
    {
        var name = reader.Take();
        reader.Expect(':');
        var label = new PtxLabel(name.Text, entry.InstructionList.Count, name.Line);
        entry.LabelList.Add(label);
        scope.Declare(label);
    }

    private PtxGuard Guard(Scope scope)
    {
        reader.Expect('@');
        bool isNegated = reader.TryTake('!');
        var name = reader.ExpectName("a predicate");
        if (scope.Find(name.Text) is not PtxRegister register || register.Type != PtxType.Pred)
            throw new PtxException(name.Line, $"found '{name.Text}' behind '@', expected a register declared '.pred'.");
        return new PtxGuard(register, isNegated);
    }

    private void Instruction(Scope scope, PtxGuard? guard)
    {
        var opcode = reader.ExpectName("an instruction");
        var modifiers = new List<string>();
        while (reader.Current.Kind == PtxTokenKind.Directive) modifiers.Add(reader.Take().Text);
        var operands = new List<PtxOperand>();
        if (!reader.Current.Is(';'))
        {
            do operands.Add(opcode.Text == "bra" ? Target(scope) : _operands.Read(scope));
            while (reader.TryTake(','));
        }

        string text = reader.TextFrom(opcode);
        reader.Expect(';');
        entry.InstructionList.Add(new PtxInstruction(opcode.Text, modifiers, operands, guard, entry.InstructionList.Count, opcode.Line, text));
    }

    private PtxLabelOperand Target(Scope scope)
    {
        var name = reader.ExpectName("a label");
        var operand = new PtxLabelOperand(name.Text);
        scope.Pending.Add((operand, name.Line));
        return operand;
    }
}
