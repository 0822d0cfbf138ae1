namespace Runtime.Tests.Kernels;

/// <summary>Plain scalar mathematics in double for the tests of the kernels.</summary>
internal static class Reference
{
    /// <summary>The error function to about 1e-15, relatively also near zero.</summary>
    public static double Erf(double x) => Math.Abs(x) < 2.5 ? ErfSeries(x) : Math.Sign(x) * (1 - ErfcFraction(Math.Abs(x)));

    /// <summary>1 − erf(x), relatively accurate for x ≥ 0.</summary>
    public static double Erfc(double x) => x < 1 ? 1 - ErfSeries(x) : ErfcFraction(x);

    public static double NormalDistribution(double x) => 0.5 * Erfc(-x / Math.Sqrt(2));

    public static double NormalDensity(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>erf(x) = 2/√π · e^−x² · Σ 2ⁿ x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6): no cancellation.</summary>
    private static double ErfSeries(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>erfc(x) by its continued fraction (Abramowitz and Stegun 7.1.14), for large x.</summary>
    private static double ErfcFraction(double x)
    {
        double tail = x;
        for (int k = 2000; k >= 1; k--) tail = x + (k / 2.0 / tail);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / tail;
    }
}
