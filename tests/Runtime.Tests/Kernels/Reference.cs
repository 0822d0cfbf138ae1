namespace Runtime.Tests.Kernels;

/// <summary>Plain scalar mathematics in double for the tests of the kernels.</summary>
internal static class Reference
{
    /// <summary>The error function to about 1e-15, relatively also near zero.</summary>
    public static double Erf(double x) => Math.Abs(x) < 2 ? ErfSeries(x) : Math.Sign(x) * (1 - ErfcFraction(Math.Abs(x)));

    /// <summary>1 − erf(x), relatively accurate for x ≥ 0.</summary>
    public static double Erfc(double x) => x < 2 ? 1 - ErfSeries(x) : ErfcFraction(x);

    public static double NormalDistribution(double x) => 0.5 * Erfc(-x / Math.Sqrt(2));

    public static double NormalDensity(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>The gradient of a scalar function by central differences.</summary>
    public static double[] Gradient(Func<double[], double> function, double[] at)
    {
        const double Step = 1e-5;
        double[] x = [.. at];
        double[] gradient = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = at[i] + Step;
            double above = function(x);
            x[i] = at[i] - Step;
            gradient[i] = (above - function(x)) / (2 * Step);
            x[i] = at[i];
        }

        return gradient;
    }

    /// <summary>The derivative of a function of one variable by central differences.</summary>
    public static double Derivative(Func<double, double> function, double x) => (function(x + 1e-5) - function(x - 1e-5)) / 2e-5;

    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    public static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    public static double[] Multiply(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x * y)];

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
        for (int k = 300; k >= 1; k--) tail = x + (k / 2.0 / tail);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / tail;
    }
}
