namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>Loads and stores of 4-byte elements, one at a time or four that begin at a multiple of 16 bytes; to shared memory also two, at a multiple of 8.</summary>
internal sealed partial class PtxBuilder
{
    private readonly Dictionary<string, Register> _sharedBases = new(StringComparer.Ordinal);

    /// <summary>The address of an element of a buffer.</summary>
    public GlobalAddress Element(GlobalAddress start, U32 index)
    {
        if (index.Register is null && index.Literal < 1 << 28) return start.Plus((int)index.Literal);
        var plain = new GlobalAddress(start.Base);
        return new GlobalAddress(Write(RegisterFile.Long, "mad.wide.u32", index, (U32)4, new LongOperand(plain.Base)), start.Offset);
    }

    /// <summary>The address of an element of a shared array.</summary>
    public SharedAddress Element(SharedAddress start, U32 index)
    {
        if (index.Register is null) return start.Plus((int)index.Literal);
        U32 first = U32.In(start.Register ?? SharedBase(start.Array!));
        return new SharedAddress(null, MultiplyAdd(index, 4, first).Register, start.Offset);
    }

    /// <summary>An address that a loop moves.</summary>
    public GlobalAddress Variable(GlobalAddress initial) => new(Write(RegisterFile.Long, "mov.u64", new LongOperand(initial.Base)), initial.Offset);

    /// <summary>Moves an address by as many elements.</summary>
    public void Advance(GlobalAddress variable, int elements) =>
        WriteTo(variable.Base, "add.s64", new LongOperand(variable.Base), new LongLiteral(4L * elements));

    /// <summary>Moves an address by as many elements.</summary>
    public void Advance(GlobalAddress variable, U32 elements) =>
        WriteTo(variable.Base, "mad.wide.u32", elements, (U32)4, new LongOperand(variable.Base));

    public F32 Load(GlobalAddress address) => F32.In(Write(RegisterFile.Float, "ld.global.f32", address));

    public F32 Load(SharedAddress address) => F32.In(Write(RegisterFile.Float, "ld.shared.f32", address));

    public U32 LoadWord(GlobalAddress address) => U32.In(Write(RegisterFile.Word, "ld.global.u32", address));

    public void Store(GlobalAddress address, F32 value) => Emit("st.global.f32", address, value);

    public void Store(SharedAddress address, F32 value) => Emit("st.shared.f32", address, value);

    public void StoreWord(GlobalAddress address, U32 value) => Emit("st.global.u32", address, value);

    /// <summary>As many consecutive elements as the width says: 1 or 4.</summary>
    public F32[] Load(GlobalAddress address, int width) => width == 1 ? [Load(address)] : LoadFour("ld.global.v4.f32", address, guard: null);

    public F32[] LoadFour(SharedAddress address) => LoadFour("ld.shared.v4.f32", address, guard: null);

    /// <summary>Consecutive elements where the guard holds (or is none), and zeros elsewhere.</summary>
    public F32[] LoadOrZero(GlobalAddress address, int width, Predicate? guard)
    {
        if (guard is null) return Load(address, width);
        F32[] zeros = [.. Enumerable.Range(0, width).Select(_ => Variable(0f))];
        LoadInto(zeros, width == 1 ? "ld.global.f32" : "ld.global.v4.f32", address, guard);
        return zeros;
    }

    /// <summary>Into variables, where the guard holds.</summary>
    public void LoadInto(F32[] variables, GlobalAddress address, Predicate? guard) =>
        LoadInto(variables, variables.Length == 1 ? "ld.global.f32" : "ld.global.v4.f32", address, guard);

    public void Store(GlobalAddress address, F32[] values)
    {
        if (values.Length == 1) Store(address, values[0]);
        else EmitVector(values.Length == 2 ? "st.global.v2.f32" : "st.global.v4.f32", address, values);
    }

    public void Store(SharedAddress address, F32[] values)
    {
        if (values.Length == 1) Store(address, values[0]);
        else EmitVector(values.Length == 2 ? "st.shared.v2.f32" : "st.shared.v4.f32", address, values);
    }

    private F32[] LoadFour(string opcode, IOperand address, Predicate? guard)
    {
        F32[] values = [.. Enumerable.Range(0, 4).Select(_ => F32.In(New(RegisterFile.Float)))];
        LoadInto(values, opcode, address, guard);
        return values;
    }

    private void LoadInto(F32[] values, string opcode, IOperand address, Predicate? guard)
    {
        string target = values.Length == 1 ? values[0].Text : VectorText(values);
        IOperand[] reads = guard is { } predicate ? [address, predicate] : [address];
        _body.Add(Line.Of(_depth, $"{Guard(guard)}{opcode} {target}, {address.Text};", [.. values.Select(value => Changeable(value))], reads));
    }

    private void EmitVector(string opcode, IOperand address, F32[] values) =>
        _body.Add(Line.Of(_depth, $"{opcode} {address.Text}, {VectorText(values)};", [], [address, .. values.Cast<IOperand>()]));

    private static string VectorText(F32[] values) => $"{{{string.Join(", ", values.Select(value => value.Text))}}}";

    private static string Guard(Predicate? guard) => guard is { } predicate ? $"@{predicate.Text} " : "";

    private Register SharedBase(string array)
    {
        if (_sharedBases.TryGetValue(array, out Register known)) return known;
        Register register = New(RegisterFile.Word);
        _prologue.Add(new Line(1, $"mov.u32 {register.Name}, {array};", [register], []));
        return _sharedBases[array] = register;
    }

    /// <summary>An address as a number.</summary>
    private readonly record struct LongOperand(Register Source) : IOperand
    {
        public string Text => Source.Name;

        public Register? Register => Source;
    }

    private readonly record struct LongLiteral(long Value) : IOperand
    {
        public string Text => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public Register? Register => null;
    }
}
