using System.Runtime.CompilerServices;

namespace Transformer.Compiled.Training;

/// <summary>Range checks for optimizers' settings. NaN fails all of them.</summary>
internal static class HyperParameter
{
    /// <summary>Returns a value in [0, ∞).</summary>
    public static double NonNegative(double value, [CallerMemberName] string name = "") =>
        value >= 0 && double.IsFinite(value) ? value : throw OutOfRange(value, name, "finite and not negative");

    /// <summary>Returns a value that is positive in float too.</summary>
    public static double Positive(double value, [CallerMemberName] string name = "") =>
        (float)value > 0 && float.IsFinite((float)value) ? value : throw OutOfRange(value, name, "positive and finite");

    /// <summary>Returns a value in [0, 1).</summary>
    public static double Fraction(double value, [CallerMemberName] string name = "") =>
        value is >= 0 and < 1 ? value : throw OutOfRange(value, name, "at least 0 and below 1");

    private static ArgumentOutOfRangeException OutOfRange(double value, string name, string range) =>
        new(name, value, $"{name} must be {range}.");
}
