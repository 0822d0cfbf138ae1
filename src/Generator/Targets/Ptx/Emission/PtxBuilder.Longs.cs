namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>Arithmetic on unsigned integers of 64 bits: sums in fixed point, which are the same in any order.</summary>
internal sealed partial class PtxBuilder
{
    public U64 Variable(U64 initial) => U64.In(Write(RegisterFile.Long, "mov.u64", initial));

    public U64 Variable(ulong initial) => Variable((U64)initial);

    public void Assign(U64 variable, U64 value) => WriteTo(Changeable(variable), "mov.u64", value);

    public void AddTo(U64 variable, U64 value) => WriteTo(Changeable(variable), "add.u64", variable, value);

    public U64 Add(U64 a, U64 b) => Long("add.u64", a, b);

    public U64 Subtract(U64 a, U64 b) => Long("sub.u64", a, b);

    /// <summary>The low 64 bits of the product.</summary>
    public U64 Multiply(U64 a, U64 b) => Long("mul.lo.u64", a, b);

    /// <summary>The high 64 bits of the product.</summary>
    public U64 MultiplyHigh(U64 a, U64 b) => Long("mul.hi.u64", a, b);

    /// <summary>Not by 0.</summary>
    public U64 Divide(U64 a, U64 b) => Long("div.u64", a, b);

    public U64 Min(U64 a, U64 b) => Long("min.u64", a, b);

    public U64 Max(U64 a, U64 b) => Long("max.u64", a, b);

    public U64 Select(Predicate condition, U64 then, U64 otherwise) => Long("selp.u64", then, otherwise, condition);

    public Predicate Less(U64 a, U64 b) => Compare("setp.lt.u64", a, b);

    public U64 Widen(U32 a) => Long("cvt.u64.u32", a);

    /// <summary>high · 2^32 + low.</summary>
    public U64 Pack(U32 low, U32 high)
    {
        Register result = New(RegisterFile.Long);
        _body.Add(Line.Of(_depth, $"mov.b64 {result.Name}, {{{low.Text}, {high.Text}}};", [result], [low, high]));
        return U64.In(result);
    }

    /// <summary>The two words of a number.</summary>
    public (U32 Low, U32 High) Unpack(U64 a)
    {
        Register low = New(RegisterFile.Word), high = New(RegisterFile.Word);
        _body.Add(Line.Of(_depth, $"mov.b64 {{{low.Name}, {high.Name}}}, {a.Text};", [low, high], [a]));
        return (U32.In(low), U32.In(high));
    }

    /// <summary>The whole part of a number that is not negative.</summary>
    public U64 ToLong(F32 a) => Long("cvt.rzi.u64.f32", a);

    /// <inheritdoc cref="ShuffleXor(F32, int)"/>
    public U64 ShuffleXor(U64 value, U32 mask) => Shuffle(value, half => ShuffleXor(half, mask));

    /// <inheritdoc cref="ShuffleUp(U32, U32)"/>
    public U64 ShuffleUp(U64 value, U32 distance) => Shuffle(value, half => ShuffleUp(half, distance));

    /// <inheritdoc cref="ShuffleIndex(F32, U32)"/>
    public U64 ShuffleIndex(U64 value, U32 lane) => Shuffle(value, half => ShuffleIndex(half, lane));

    private U64 Shuffle(U64 value, Func<U32, U32> ofHalf)
    {
        (U32 low, U32 high) = Unpack(value);
        return Pack(ofHalf(low), ofHalf(high));
    }

    private U64 Long(string opcode, params IOperand[] operands) => U64.In(Write(RegisterFile.Long, opcode, operands));
}
