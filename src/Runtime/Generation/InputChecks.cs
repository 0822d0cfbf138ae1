using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace Transformer.Compiled.Generation;

/// <summary>Checks what a caller gives a program to read. Messages name buffer and index.</summary>
internal static class InputChecks
{
    /// <exception cref="ArgumentOutOfRangeException">A value is not from 0 to <paramref name="limit"/> − 1.</exception>
    public static void Below(ReadOnlySpan<int> values, int limit, string name)
    {
        for (int index = 0; index < values.Length; index++)
        {
            if ((uint)values[index] >= (uint)limit) ThrowOutOfRange(values[index], index, name, $"0 to {limit - 1}");
        }
    }

    /// <summary>−∞ hides a pair where pairs are added to scores; a score that is +∞ or NaN has no softmax.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is none that the kind of mask can use.</exception>
    public static void Pairs(ReadOnlySpan<float> pairs, PairMask kind, string name)
    {
        if (pairs.IsEmpty) return;
        bool mayHide = kind != PairMask.Multiplicative;
        if (TensorPrimitives.Max(pairs) < float.PositiveInfinity && (mayHide || TensorPrimitives.Min(pairs) > float.NegativeInfinity)) return;
        for (int index = 0; index < pairs.Length; index++)
        {
            if (float.IsFinite(pairs[index]) || (mayHide && float.IsNegativeInfinity(pairs[index]))) continue;
            ThrowOutOfRange(pairs[index], index, name, mayHide ? "all finite numbers, and −∞" : "all finite numbers");
        }
    }

    /// <summary>A Boolean mask as what is added to scores.</summary>
    public static void HideWhereZero(Span<float> pairs)
    {
        foreach (ref float pair in pairs) pair = pair == 0 ? float.NegativeInfinity : 0;
    }

    [DoesNotReturn]
    public static void ThrowOutOfRange<T>(T value, int index, string name, string range) =>
        throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name}[{index}] is {value}; the range is {range}."));
}
