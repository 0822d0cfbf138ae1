using System.Numerics;

namespace Transformer.Compiled.Ptx;

/// <summary>A relation of two values.</summary>
internal interface IRelation<T>
{
    static abstract bool Holds(T a, T b);
}

/// <summary>With NaN every ordered relation but "not equal" fails, as <c>ne</c> does in PTX.</summary>
internal readonly struct Equal<T> : IRelation<T>
    where T : IEqualityOperators<T, T, bool>
{
    public static bool Holds(T a, T b) => a == b;
}

internal readonly struct NotEqual<T> : IRelation<T>
    where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T a, T b) => a < b || a > b;
}

internal readonly struct Less<T> : IRelation<T>
    where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T a, T b) => a < b;
}

internal readonly struct LessOrEqual<T> : IRelation<T>
    where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T a, T b) => a <= b;
}

internal readonly struct Greater<T> : IRelation<T>
    where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T a, T b) => a > b;
}

internal readonly struct GreaterOrEqual<T> : IRelation<T>
    where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T a, T b) => a >= b;
}

/// <summary>The opposite; of an ordered relation of floats it is the unordered form of the opposite, which holds for NaN.</summary>
internal readonly struct Never<TRelation, T> : IRelation<T>
    where TRelation : IRelation<T>
{
    public static bool Holds(T a, T b) => !TRelation.Holds(a, b);
}

/// <summary><c>num</c>: neither is NaN.</summary>
internal readonly struct Numbers<T> : IRelation<T>
    where T : INumberBase<T>
{
    public static bool Holds(T a, T b) => !T.IsNaN(a) && !T.IsNaN(b);
}

/// <summary>Subnormal floats are compared as zeros.</summary>
internal readonly struct FlushedRelation<TRelation> : IRelation<float>
    where TRelation : IRelation<float>
{
    public static bool Holds(float a, float b) => TRelation.Holds(Subnormals.Flush(a), Subnormals.Flush(b));
}

/// <summary>Compares lane by lane; a bit for each lane of the mask.</summary>
internal abstract class Comparison
{
    public abstract uint Bits(Warp warp, uint mask, int a, int b);
}

internal sealed unsafe class Comparison<TRelation, T> : Comparison
    where TRelation : IRelation<T>
    where T : unmanaged
{
    public override uint Bits(Warp warp, uint mask, int a, int b)
    {
        byte* x = warp.Registers + a, y = warp.Registers + b;
        uint bits = 0;
        if (mask == Warp.All)
        {
            for (int lane = 0; lane < Warp.Lanes; lane++) bits |= TRelation.Holds(Lane.Get<T>(x, lane), Lane.Get<T>(y, lane)) ? 1u << lane : 0;
            return bits;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            if (TRelation.Holds(Lane.Get<T>(x, lane), Lane.Get<T>(y, lane))) bits |= 1u << lane;
        }

        return bits;
    }
}

/// <summary><c>setp</c>: p = a ∘ b, or (a ∘ b) op c; q is the same of the opposite.</summary>
internal sealed class SetPredicate(Comparison comparison, int a, int b, int p, int q, string? combination, (int Offset, bool IsNegated) c) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        uint holds = comparison.Bits(warp, mask, a, b), with = combination is null ? 0 : Predicates.Get(warp, c);
        if (p >= 0) Predicates.Set(warp, p, mask, Combine(holds, with));
        if (q >= 0) Predicates.Set(warp, q, mask, Combine(~holds, with));
    }

    private uint Combine(uint holds, uint with) => combination switch
    {
        "and" => holds & with,
        "or" => holds | with,
        "xor" => holds ^ with,
        _ => holds,
    };
}

/// <summary><c>set</c>: all bits or 1.0 where a ∘ b.</summary>
internal sealed unsafe class SetValue(Comparison comparison, int result, int a, int b, uint whenTrue) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        uint holds = comparison.Bits(warp, mask, a, b);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            Lane.Set(warp.Registers + result, lane, (holds >> lane & 1) != 0 ? whenTrue : 0u);
        }
    }
}

/// <summary><c>selp</c>: a where the predicate holds, otherwise b.</summary>
internal sealed unsafe class Select<T>(int result, int a, int b, (int Offset, bool IsNegated) predicate) : Operation
    where T : unmanaged
{
    public override void Execute(Warp warp, uint mask)
    {
        uint chosen = Predicates.Get(warp, predicate);
        byte* file = warp.Registers;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            Lane.Set(file + result, lane, Lane.Get<T>(file + ((chosen >> lane & 1) != 0 ? a : b), lane));
        }
    }
}
