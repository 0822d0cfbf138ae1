namespace Runtime.Tests.Kernels;

/// <summary>Agreement with a reference: |a − b| ≤ 1e-5 + 1e-4 · |b|.</summary>
internal static class Tolerance
{
    public static void Check(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= 1e-5 + 1e-4 * Math.Abs(expected[i])))
                Assert.Fail($"{what}: element {i} is {actual[i]}, not {expected[i]}.");
        }
    }
}
