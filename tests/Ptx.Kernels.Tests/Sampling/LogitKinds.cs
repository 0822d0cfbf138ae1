namespace Ptx.Kernels.Tests;

/// <summary>How logits are distributed.</summary>
public enum LogitKind
{
    /// <summary>Bell-shaped, as a model's.</summary>
    Usual,

    /// <summary>Multiples of ½: many are equal.</summary>
    Ties,

    /// <summary>Every third is −∞.</summary>
    Excluded,

    /// <summary>Zeros of both signs, and numbers next to them.</summary>
    NearZero,

    /// <summary>Far apart: one token has nearly all.</summary>
    Peaked,

    /// <summary>All are the same.</summary>
    Equal,

    /// <summary>Almost as far apart as floats can be.</summary>
    Extreme,
}

internal static class LogitKinds
{
    public static SamplingRun Run(LogitKind kind, int seed, int rows, int vocabulary, int context)
    {
        var random = new Random(seed);
        float[] logits = [.. Enumerable.Range(0, rows * vocabulary).Select(index => Logit(kind, random, index % vocabulary))];

        // Few tokens, so that n-grams come again.
        int below = Math.Min(vocabulary, 1 + vocabulary / 3);
        int[][] histories = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, 1 + random.Next(context)).Select(_ => random.Next(below)).ToArray())];
        return new SamplingRun(vocabulary, context, logits, histories);
    }

    private static float Logit(LogitKind kind, Random random, int token)
    {
        double usual = 3 * Enumerable.Range(0, 4).Sum(_ => random.NextDouble() - 0.5);
        return kind switch
        {
            LogitKind.Ties => (float)Math.Round(usual * 2) / 2,
            LogitKind.Excluded => token % 3 == 1 ? float.NegativeInfinity : (float)usual,
            LogitKind.NearZero => random.Next(4) switch { 0 => 0f, 1 => -0f, 2 => (float)(usual * 1e-6), _ => (float)(usual * 1e-40) },
            LogitKind.Peaked => (float)(usual * 30) - 40,
            LogitKind.Equal => -7.25f,
            LogitKind.Extreme => random.Next(3) switch { 0 => float.MaxValue / 2, 1 => -float.MaxValue / 4, _ => (float)usual },
            _ => (float)usual - 30,
        };
    }
}
