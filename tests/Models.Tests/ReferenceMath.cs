using Transformer.Compiled;

namespace Models.Tests;

/// <summary>Functions that the reference models are made of, in scalar double precision.</summary>
internal static class ReferenceMath
{
    public static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (u, v) => u + v)];

    /// <summary>y = x·Wᵀ + b, W[outputs, inputs].</summary>
    public static double[] Project(double[] x, double[] weight, double[]? bias)
    {
        var y = new double[weight.Length / x.Length];
        for (int n = 0; n < y.Length; n++)
        {
            double sum = bias?[n] ?? 0;
            for (int i = 0; i < x.Length; i++) sum += x[i] * weight[n * x.Length + i];
            y[n] = sum;
        }
        return y;
    }

    /// <summary>The softmax of scores, of which −∞ are hidden; zeros where all are.</summary>
    public static double[] Softmax(double[] scores)
    {
        double largest = scores.Max();
        if (double.IsNegativeInfinity(largest)) return new double[scores.Length];
        double[] powers = [.. scores.Select(s => Math.Exp(s - largest))];
        double total = powers.Sum();
        return [.. powers.Select(p => p / total)];
    }

    public static double LogSumExp(double[] x)
    {
        double largest = x.Max();
        return Math.Log(x.Sum(v => Math.Exp(v - largest))) + largest;
    }

    public static double Activate(Activation activation, double x) => activation switch
    {
        Activation.Relu => Math.Max(0, x),
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Tanh => Math.Tanh(x),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        _ => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))),
    };

    /// <summary>The element of a sine/cosine vector (Vaswani et al., 2017, section 3.5).</summary>
    public static double Sinusoid(int position, int index, int width, double theta, PairLayout layout)
    {
        int half = width / 2;
        (int pair, bool isSine) = layout == PairLayout.Interleaved ? (index / 2, index % 2 == 0) : (index % half, index < half);
        double angle = position / Math.Pow(theta, 2.0 * pair / width);
        return isSine ? Math.Sin(angle) : Math.Cos(angle);
    }

    /// <summary>T5's bucket of a distance key − query (Hugging Face's _relative_position_bucket).</summary>
    public static int Bucket(int distance, int buckets, int maxDistance, bool isCausal)
    {
        int first = 0, magnitude = isCausal ? Math.Max(0, -distance) : Math.Abs(distance);
        if (!isCausal)
        {
            buckets /= 2;
            if (distance > 0) first = buckets;
        }
        int exact = buckets / 2;
        if (magnitude < exact) return first + magnitude;
        float share = (float)Math.Log((float)magnitude / exact) / (float)Math.Log((double)maxDistance / exact);
        return first + Math.Min(buckets - 1, exact + (int)(share * (buckets - exact)));
    }

    /// <summary>The rate at which a head's scores fall with the distance (Press et al., 2022, and Hugging Face's build_alibi_tensor).</summary>
    public static double AlibiSlope(int head, int heads)
    {
        int power = 1;
        while (2 * power <= heads) power *= 2;
        return head < power ? Math.Pow(2, -8.0 * (head + 1) / power) : Math.Pow(2, -4.0 * (2 * (head - power) + 1) / power);
    }

    /// <summary>erf(x) = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, whose terms all have one sign (Abramowitz and Stegun, 7.1.6).</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6) return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
