namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>Single-precision arithmetic, rounded to nearest even; denormals are kept.</summary>
internal sealed partial class PtxBuilder
{
    public F32 Variable(F32 initial) => F32.In(Write(RegisterFile.Float, "mov.f32", initial));

    public void Assign(F32 variable, F32 value) => WriteTo(Changeable(variable), "mov.f32", value);

    public void AddTo(F32 variable, F32 value) => WriteTo(Changeable(variable), "add.rn.f32", variable, value);

    /// <summary>variable = a · b + variable.</summary>
    public void MultiplyAddTo(F32 variable, F32 a, F32 b) => WriteTo(Changeable(variable), "fma.rn.f32", a, b, variable);

    public F32 Add(F32 a, F32 b) => Float("add.rn.f32", a, b);

    public F32 Subtract(F32 a, F32 b) => Float("sub.rn.f32", a, b);

    public F32 Multiply(F32 a, F32 b) => Float("mul.rn.f32", a, b);

    /// <summary>a · b + c, rounded once.</summary>
    public F32 MultiplyAdd(F32 a, F32 b, F32 c) => Float("fma.rn.f32", a, b, c);

    public F32 Divide(F32 a, F32 b) => Float("div.rn.f32", a, b);

    public F32 Reciprocal(F32 a) => Float("rcp.rn.f32", a);

    public F32 SquareRoot(F32 a) => Float("sqrt.rn.f32", a);

    public F32 Negate(F32 a) => Float("neg.f32", a);

    public F32 Absolute(F32 a) => Float("abs.f32", a);

    public Predicate Less(F32 a, F32 b) => Compare("setp.lt.f32", a, b);

    public Predicate Greater(F32 a, F32 b) => Compare("setp.gt.f32", a, b);

    public F32 Select(Predicate condition, F32 then, F32 otherwise) => F32.In(Write(RegisterFile.Float, "selp.f32", then, otherwise, condition));

    /// <summary>The greater of two, and NaN if the first is NaN.</summary>
    public F32 Greatest(F32 a, F32 b) => Select(Less(a, b), b, a);

    /// <summary>Limited to [low, high]; NaN stays NaN, which PTX's own minimum and maximum drop.</summary>
    public F32 Clamp(F32 a, F32 low, F32 high)
    {
        F32 raised = Select(Less(a, low), low, a);
        return Select(Greater(raised, high), high, raised);
    }

    /// <summary>The nearest float.</summary>
    public F32 ToFloat(U32 a) => Float("cvt.rn.f32.u32", a);

    public U32 Bits(F32 a) => U32.In(Write(RegisterFile.Word, "mov.b32", a));

    public F32 FromBits(U32 a) => F32.In(Write(RegisterFile.Float, "mov.b32", a));

    private F32 Float(string opcode, params IOperand[] operands) => F32.In(Write(RegisterFile.Float, opcode, operands));
}
