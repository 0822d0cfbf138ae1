using Transformer.Compiled.Generator.Declarations;
using Results = System.Collections.Generic.IReadOnlyDictionary<string, double[]>;

namespace Generator.Tests.Device.Rounding;

/// <summary>How near a device that rounds factors has to be to the reference in double precision whose factors are rounded alike.</summary>
/// <remarks>
/// <para>
/// Nothing but single precision is between the two, but more comes of it than its own errors: a factor next to the middle of two rounded numbers may fall to the other side on the device,
/// by a whole unit in the last place (2^-10 of it in tf32, 2^-7 in bfloat16), and what depends on it falls to other sides further on. What that amounts to is the model's affair, so the
/// reference is asked: it runs again with every result of every operation off at random by four times what single precision makes of it (<see cref="NoisyValues"/>), which moves some factors
/// to the other side; four times, so that each run has some, where the device may have one or none. Flips are as many as the noise is large, and their squares add up, so distances are
/// twice what single precision would make. For each tensor the device's distance from the reference (2-norm) may be at most <see cref="Multiple"/> times the largest of
/// <see cref="Seeds"/> such runs', and so some four deviations of its own.
/// </para>
/// <para>
/// Where flips grow until they are as much as the rounding itself (in T5 with its 40 tokens), a device that does not round at all would be within that bound. So all tensors together (the sum
/// of squared distances in units of the largest run's) have to be nearer to the reference than to those with factors of other precisions. Errors that have nothing to do with another rounding lead away
/// from both; a device that rounds otherwise is at the other reference.
/// </para>
/// </remarks>
internal static class RoundedAgreement
{
    private const int Seeds = 8;
    private const double Multiple = 2;

    /// <param name="precision">The device's.</param>
    /// <param name="reference">The results by name, with factors in a precision, and the noise, if any.</param>
    /// <param name="device">The same of the device.</param>
    public static void Check(Precision precision, Func<Precision, Random?, Results> reference, Results device)
    {
        Results expected = reference(precision, null);
        Results[] noisy = [.. Enumerable.Range(0, Seeds).Select(seed => reference(precision, new Random(seed)))];
        Dictionary<string, double> largest = expected.ToDictionary(result => result.Key, result => noisy.Max(run => Distance(run[result.Key], result.Value)));
        foreach ((string name, double[] value) in expected)
        {
            double found = Distance(device[name], value), allowed = Multiple * largest[name];
            Assert.True(found <= allowed, $"{name}: the device is {found:G3} away from the reference with factors in {precision}, and may be {allowed:G3}.");
        }

        double own = Total(expected, device, largest);
        foreach (Precision other in Enum.GetValues<Precision>().Where(other => other != precision))
        {
            double distance = Total(reference(other, null), device, largest);
            Assert.True(own < distance, $"The device is nearer to the reference with factors in {other} ({distance:G3}) than to that in {precision} ({own:G3}).");
        }
    }

    /// <summary>The sum of squared distances over all tensors, each in its unit.</summary>
    private static double Total(Results a, Results b, Dictionary<string, double> units) =>
        units.Where(unit => unit.Value > 0).Sum(unit => Math.Pow(Distance(a[unit.Key], b[unit.Key]) / unit.Value, 2));

    private static double Distance(double[] a, double[] b)
    {
        Assert.Equal(a.Length, b.Length);
        return Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
    }
}
