namespace Models.Tests;

/// <summary>What "agrees" means: |a − b| ≤ 1e-5 + 1e-4 · |b|; for gradients |b| is the tensor's largest value.</summary>
internal static class Agreement
{
    private const double Absolute = 1e-5, Relative = 1e-4;

    public static void Values(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Near(name, i, expected[i], actual[i], Math.Abs(expected[i]));
    }

    public static void Gradient(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = Largest(expected);
        for (int i = 0; i < expected.Length; i++) Near(name, i, expected[i], actual[i], largest);
    }

    /// <summary>
    /// Parameters after a few steps of Adam. Where a gradient is next to nothing Adam turns rounding into whole steps: such elements are left
    /// out, and of the others one in a thousand may stray.
    /// </summary>
    public static void AfterAdam(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> gradient, ReadOnlySpan<float> actual)
    {
        double negligible = Math.Max(1e-6, 1e-4 * Largest(gradient));
        int compared = 0, strayed = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (Math.Abs(gradient[i]) <= negligible) continue;
            compared++;
            if (!(Math.Abs(expected[i] - actual[i]) <= 2e-5)) strayed++;
        }
        Assert.True(strayed <= compared / 1000, $"{name}: {strayed} of {compared} elements differ by more than 2e-5.");
    }

    private static void Near(string name, int index, float expected, float actual, double magnitude) =>
        Assert.True(
            Math.Abs(expected - actual) <= Absolute + Relative * magnitude, $"{name}[{index}]: expected {expected:R}, found {actual:R}.");

    private static double Largest(ReadOnlySpan<float> values)
    {
        double largest = 0;
        foreach (float value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
