namespace Transformer.Compiled.Kernels;

// Elementary functions in double with nothing but + − · ÷ and bits, so that tables and initial weights are the same on
// every machine: the C library's differ. Good to a few units in 1e-16, which is far below a float's rounding.

/// <summary>Machine-independent elementary functions for tables and initialisation.</summary>
internal static class PortableMath
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double HalfPiHigh = 1.57079632673412561417e+00;
    private const double HalfPiLow = 6.07710050650619224932e-11;

    /// <summary>ln x of a positive normal number: x = 2^e · m, m in [√½, √2), and ln m = 2 artanh((m − 1) / (m + 1)) by its series.</summary>
    internal static double Log(double x)
    {
        const long ExponentMask = 0x7FFL << 52;
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits & ExponentMask) >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & ~ExponentMask) | (1023L << 52));
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double series = 1.0 / 21;
        for (int odd = 19; odd >= 1; odd -= 2) series = (series * square) + (1.0 / odd);
        return (exponent * Ln2High) + ((exponent * Ln2Low) + (2 * s * series));
    }

    /// <summary>e^x for |x| ≤ 700: x = n ln 2 + r, and e^r by its series.</summary>
    internal static double Exp(double x)
    {
        double n = Math.Round(x * 1.4426950408889634);
        double r = x - (n * Ln2High) - (n * Ln2Low);
        double series = 1;
        for (int order = 14; order >= 1; order--) series = 1 + (series * r / order);
        return series * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    internal static double Pow(double x, double exponent) => Exp(exponent * Log(x));

    /// <summary>Sine and cosine for |x| ≤ 1,600,000, after fdlibm (Sun Microsystems 1993): a two-part π/2 and minimax polynomials.</summary>
    internal static (double Sine, double Cosine) SinCos(double x)
    {
        double quarter = Math.Round(x * 0.63661977236758134);
        double r = x - (quarter * HalfPiHigh) - (quarter * HalfPiLow);
        double z = r * r;
        double sine = r + (r * z * (-1.66666666666666324348e-01 + (z * (8.33333333332248946124e-03 + (z * (-1.98412698298579493134e-04
            + (z * (2.75573137070700676789e-06 + (z * (-2.50507602534068634195e-08 + (z * 1.58969099521155010221e-10)))))))))));
        double cosine = 1 - (0.5 * z) + (z * z * (4.16666666666666019037e-02 + (z * (-1.38888888888741095749e-03 + (z * (2.48015872894767294178e-05
            + (z * (-2.75573143513906633035e-07 + (z * (2.08757232129817482790e-09 + (z * -1.13596475577881948265e-11)))))))))));
        return ((long)quarter & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }
}
