namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// The formulas and constants of the run-time's VectorMath, whose sources are named there. None uses an approximate instruction, so that the
// errors are those of the polynomials: a few units in the last place.

/// <summary>Elementary functions.</summary>
internal static class Functions
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float SqrtHalf = 0.707106781f;
    private const uint SqrtHalfBits = 0x3F3504F3;

    /// <summary>1.5 · 2^23: adding it rounds to an integer, which the low bits of the sum hold.</summary>
    private const float Rounder = 12582912f;
    private const uint RounderBits = 0x4B400000;
    private const int ExponentBias = 127;
    private const int MantissaBits = 23;

    /// <summary>Where erf changes from its polynomial to its exponential form.</summary>
    private const float ErfSplit = 0.927734375f;

    private static readonly float[] ExpTerms = [1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f];
    private static readonly float[] ErfTerms = [-5.96761703e-4f, 4.99119423e-3f, -2.67681349e-2f, 1.12819925e-1f, -3.76125336e-1f, 1.28379166e-1f];
    private static readonly float[] ErfcTerms = [-1.06777877e-1f, -6.34846687e-1f, -1.28717512e-1f];
    private static readonly float[] TanhNumerator = [1.394553628e-8f, 2.102733560e-5f, 3.520756727e-3f, 1.340216100e-1f, 1f];
    private static readonly float[] TanhDenominator = [8.015776984e-7f, 3.326951409e-4f, 2.597254514e-2f, 4.673548340e-1f, 1f];

    private static readonly float[] LogTerms =
    [
        7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f,
        3.3333331174e-1f,
    ];

    /// <summary>e^x; 0 below −104, infinity above 89, denormals rounded once.</summary>
    public static F32 Exp(PtxBuilder k, F32 x)
    {
        (F32 value, U32 exponent) = ExpParts(k, k.Clamp(x, -104f, 89f));
        return ScaleByPowerOfTwo(k, value, exponent);
    }

    /// <summary>e^x for x that is not above 0: a weight whose least values do not matter. e^−87 below −87.</summary>
    public static F32 ExpOfNegative(PtxBuilder k, F32 x)
    {
        (F32 value, U32 exponent) = ExpParts(k, k.Select(k.Less(x, -87f), -87f, x));
        return k.Multiply(value, k.FromBits(k.ShiftLeft(k.Add(exponent, ExponentBias), MantissaBits)));
    }

    /// <summary>1 / (1 + e^−x).</summary>
    public static F32 Sigmoid(PtxBuilder k, F32 x) => k.Reciprocal(k.Add(Exp(k, k.Negate(x)), 1f));

    public static F32 Tanh(PtxBuilder k, F32 x)
    {
        const float limit = 8.01773357391357422f;
        x = k.Clamp(x, -limit, limit);
        F32 square = k.Multiply(x, x);
        return k.Divide(k.Multiply(x, Polynomial(k, TanhNumerator, square)), Polynomial(k, TanhDenominator, square));
    }

    /// <summary>Φ(x), without cancellation in its lower tail.</summary>
    public static F32 NormalDistribution(PtxBuilder k, F32 x)
    {
        F32 scaled = k.Multiply(x, SqrtHalf);
        F32 magnitude = k.Absolute(scaled);
        F32 tail = k.Multiply(ErfcOuter(k, magnitude), 0.5f);
        F32 outer = k.Select(k.Less(scaled, 0f), tail, k.Subtract(1f, tail));
        F32 inner = k.MultiplyAdd(ErfInner(k, scaled), 0.5f, 0.5f);
        return k.Select(k.Greater(magnitude, ErfSplit), outer, inner);
    }

    /// <summary>ln x for x that is 0 or not below √½, as sums of exponentials of which one is 1; Cephes logf (S. L. Moshier).</summary>
    public static F32 Log(PtxBuilder k, F32 x)
    {
        U32 bits = k.Bits(x);
        U32 exponent = k.ShiftRight(k.Subtract(bits, SqrtHalfBits), MantissaBits);
        F32 n = k.ToFloat(exponent);
        F32 m = k.Subtract(k.FromBits(k.Subtract(bits, k.ShiftLeft(exponent, MantissaBits))), 1f);
        F32 square = k.Multiply(m, m);
        F32 y = k.Multiply(k.Multiply(Polynomial(k, LogTerms, m), m), square);
        y = k.MultiplyAdd(n, Ln2Low, y);
        y = k.MultiplyAdd(square, -0.5f, y);
        F32 log = k.MultiplyAdd(n, Ln2High, k.Add(m, y));
        F32 finite = k.Select(k.Less(x, float.PositiveInfinity), log, x);
        return k.Select(k.Greater(x, 0f), finite, k.Select(k.Less(x, SqrtHalf), float.NegativeInfinity, x));
    }

    /// <summary>Terms from the highest power down.</summary>
    private static F32 Polynomial(PtxBuilder k, float[] terms, F32 x)
    {
        F32 sum = k.MultiplyAdd(x, terms[0], terms[1]);
        for (int i = 2; i < terms.Length; i++) sum = k.MultiplyAdd(sum, x, terms[i]);
        return sum;
    }

    /// <summary>e^x as value · 2^exponent, the value about 1 and the exponent in two's complement.</summary>
    private static (F32 Value, U32 Exponent) ExpParts(PtxBuilder k, F32 x)
    {
        F32 rounded = k.MultiplyAdd(x, Log2E, Rounder);
        F32 n = k.Subtract(rounded, Rounder);
        F32 r = k.MultiplyAdd(n, -Ln2High, x);
        r = k.MultiplyAdd(n, -Ln2Low, r);
        F32 p = k.MultiplyAdd(Polynomial(k, ExpTerms, r), k.Multiply(r, r), r);
        return (k.Add(p, 1f), k.Subtract(k.Bits(rounded), RounderBits));
    }

    /// <summary>value · 2^n, n from −150 to 129 in two's complement, as two factors, so that only the second product rounds.</summary>
    private static F32 ScaleByPowerOfTwo(PtxBuilder k, F32 value, U32 n)
    {
        U32 biased = k.Add(n, 2 * ExponentBias);
        U32 first = k.ShiftRight(biased, 1);
        U32 second = k.Subtract(biased, first);
        value = k.Multiply(value, k.FromBits(k.ShiftLeft(first, MantissaBits)));
        return k.Multiply(value, k.FromBits(k.ShiftLeft(second, MantissaBits)));
    }

    private static F32 ErfInner(PtxBuilder k, F32 x) => k.MultiplyAdd(Polynomial(k, ErfTerms, k.Multiply(x, x)), x, x);

    private static F32 ErfcOuter(PtxBuilder k, F32 t)
    {
        F32 high = k.MultiplyAdd(t, -1.72853470e-5f, 3.83197126e-4f);
        F32 low = k.MultiplyAdd(t, -3.88396438e-3f, 2.42546219e-2f);
        F32 p = k.MultiplyAdd(high, k.Multiply(t, t), low);
        foreach (float term in ErfcTerms) p = k.MultiplyAdd(p, t, term);
        return Exp(k, k.MultiplyAdd(p, t, k.Negate(t)));
    }
}
