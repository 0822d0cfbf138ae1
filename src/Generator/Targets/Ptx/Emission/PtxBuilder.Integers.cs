namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>Arithmetic on unsigned words: what is known when the text is made costs no instruction.</summary>
internal sealed partial class PtxBuilder
{
    public U32 Variable(U32 initial) => U32.In(Write(RegisterFile.Word, "mov.u32", initial));

    public void Assign(U32 variable, U32 value) => WriteTo(Changeable(variable), "mov.u32", value);

    public void AddTo(U32 variable, U32 value) => WriteTo(Changeable(variable), "add.u32", variable, value);

    public U32 Add(U32 a, U32 b)
    {
        if (IsKnown(a, b)) return a.Literal + b.Literal;
        if (a.Is(0)) return b;
        return b.Is(0) ? a : Word("add.u32", a, b);
    }

    public U32 Subtract(U32 a, U32 b)
    {
        if (IsKnown(a, b)) return a.Literal - b.Literal;
        return b.Is(0) ? a : Word("sub.u32", a, b);
    }

    public U32 Multiply(U32 a, U32 b)
    {
        if (IsKnown(a, b)) return a.Literal * b.Literal;
        if (a.Is(0) || b.Is(0)) return 0;
        if (a.Is(1)) return b;
        if (b.Is(1)) return a;
        if (a.Register is null) (a, b) = (b, a);
        return Shift(b) is { } shift ? ShiftLeft(a, shift) : Word("mul.lo.u32", a, b);
    }

    /// <summary>a · b + c.</summary>
    public U32 MultiplyAdd(U32 a, U32 b, U32 c)
    {
        if (c.Is(0)) return Multiply(a, b);
        if (a.Register is null) (a, b) = (b, a);
        return a.Register is null || b.Is(0) || b.Is(1) ? Add(Multiply(a, b), c) : Word("mad.lo.u32", a, b, c);
    }

    /// <summary>The high word of the product.</summary>
    public U32 MultiplyHigh(U32 a, U32 b) => Word("mul.hi.u32", a, b);

    /// <summary>The low word of the product, as an instruction whatever the factors.</summary>
    public U32 MultiplyLow(U32 a, U32 b) => Word("mul.lo.u32", a, b);

    public U32 Divide(U32 a, int divisor)
    {
        if (a.Register is null) return a.Literal / (uint)divisor;
        if (divisor == 1) return a;
        return Shift(divisor) is { } shift ? ShiftRight(a, shift) : Word("div.u32", a, divisor);
    }

    /// <summary>By a divisor that is known when the kernel runs; not by 0.</summary>
    public U32 Divide(U32 a, U32 divisor) => divisor.Register is null ? Divide(a, (int)divisor.Literal) : Word("div.u32", a, divisor);

    public U32 Remainder(U32 a, int divisor)
    {
        if (a.Register is null) return a.Literal % (uint)divisor;
        if (divisor == 1) return 0;
        return Shift(divisor) is not null ? And(a, divisor - 1) : Word("rem.u32", a, divisor);
    }

    public U32 ShiftLeft(U32 a, int bits) => a.Register is null ? a.Literal << bits : Word("shl.b32", a, (U32)bits);

    public U32 ShiftRight(U32 a, int bits) => a.Register is null ? a.Literal >> bits : Word("shr.u32", a, (U32)bits);

    public U32 And(U32 a, U32 b) => IsKnown(a, b) ? a.Literal & b.Literal : Word("and.b32", a, b);

    public U32 Xor(U32 a, U32 b) => Word("xor.b32", a, b);

    public U32 Max(U32 a, U32 b) => IsKnown(a, b) ? Math.Max(a.Literal, b.Literal) : Word("max.u32", a, b);

    public U32 Min(U32 a, U32 b) => IsKnown(a, b) ? Math.Min(a.Literal, b.Literal) : Word("min.u32", a, b);

    /// <summary>How many zeros are below the lowest bit that is set; 32 for 0.</summary>
    public U32 TrailingZeros(U32 a) => Word("clz.b32", Word("brev.b32", a));

    public U32 Select(Predicate condition, U32 then, U32 otherwise) => U32.In(Write(RegisterFile.Word, "selp.u32", then, otherwise, condition));

    public Predicate Less(U32 a, U32 b) => Compare("setp.lt.u32", a, b);

    public Predicate AtLeast(U32 a, U32 b) => Compare("setp.ge.u32", a, b);

    public Predicate AreEqual(U32 a, U32 b) => Compare("setp.eq.u32", a, b);

    public Predicate Differ(U32 a, U32 b) => Compare("setp.ne.u32", a, b);

    public Predicate And(Predicate a, Predicate b) => new(Write(RegisterFile.Predicate, "and.pred", a, b));

    public Predicate Not(Predicate a) => new(Write(RegisterFile.Predicate, "not.pred", a));

    /// <summary>Both conditions, of which either may be none.</summary>
    public Predicate? Both(Predicate? a, Predicate? b) => a is { } first && b is { } second ? And(first, second) : a ?? b;

    /// <summary>The logarithm of a power of two.</summary>
    private static int? Shift(int value)
    {
        int shift = 0;
        while (1L << shift < value) shift++;
        return 1L << shift == value ? shift : null;
    }

    private static int? Shift(U32 value) => value.Register is null && value.Literal is > 0 and <= int.MaxValue ? Shift((int)value.Literal) : null;

    private static bool IsKnown(U32 a, U32 b) => a.Register is null && b.Register is null;

    /// <summary>A comparison's first operand is a register.</summary>
    private Predicate Compare(string opcode, IOperand a, IOperand b) => new(Write(RegisterFile.Predicate, opcode, a, b));

    private U32 Word(string opcode, params IOperand[] operands) => U32.In(Write(RegisterFile.Word, opcode, operands));

    private U32 Word(string opcode, U32 a, U32 b) => U32.In(Write(RegisterFile.Word, opcode, a, b));
}
