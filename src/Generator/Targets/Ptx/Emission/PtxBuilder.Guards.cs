namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>Guarded words, limits of indices, and distances of more than 32 bits.</summary>
internal sealed partial class PtxBuilder
{
    /// <inheritdoc cref="BlockX"/>
    public U32 BlockZ => Special("%ctaid.z");

    /// <summary>a − b, or 0 where b is greater.</summary>
    public U32 SubtractToZero(U32 a, U32 b) => Subtract(Max(a, b), b);

    public Predicate Or(Predicate a, Predicate b) => new(Write(RegisterFile.Predicate, "or.pred", a, b));

    /// <summary>The whole part of a number that is not negative.</summary>
    public U32 ToWord(F32 a) => Word("cvt.rzi.u32.f32", a);

    /// <summary>A word where the guard holds, and a constant elsewhere.</summary>
    public U32 LoadWordOr(GlobalAddress address, uint otherwise, Predicate guard)
    {
        U32 value = Variable((U32)otherwise);
        _body.Add(Line.Of(_depth, $"{Guard(guard)}ld.global.u32 {value.Text}, {address.Text};", [Changeable(value)], [address, guard]));
        return value;
    }

    /// <summary>Stores where the guard holds.</summary>
    public void Store(GlobalAddress address, F32 value, Predicate guard) =>
        _body.Add(Line.Of(_depth, $"{Guard(guard)}st.global.f32 {address.Text}, {value.Text};", [], [address, value, guard]));

    /// <summary>As many strides behind the start; the stride is in elements, and the distance may have more than 32 bits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A stride has 2^30 elements or more.</exception>
    public GlobalAddress Skip(GlobalAddress start, U32 count, long stride)
    {
        if (stride is < 0 or >= 1L << 30) throw new ArgumentOutOfRangeException(nameof(stride), stride, "A stride has less than 2^30 elements.");
        if (count.Is(0) || stride == 0) return start;
        return new GlobalAddress(Write(RegisterFile.Long, "mad.wide.u32", count, (U32)(uint)(4 * stride), new LongOperand(start.Base)), start.Offset);
    }
}
