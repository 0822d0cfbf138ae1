using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

/// <summary>Values of attention's terms; null for those that are absent.</summary>
internal sealed record TermValues
{
    /// <summary>[sequences, keys].</summary>
    public int[]? KeyMask { get; init; }

    /// <summary>[heads, 2 · Reach − 1].</summary>
    public float[]? Distances { get; init; }

    public int Reach { get; init; }

    /// <summary>[sequences, heads, queries, keys].</summary>
    public float[]? Scores { get; init; }

    /// <summary>[sequences, queries, keys].</summary>
    public float[]? Pairs { get; init; }

    /// <summary>[sequences, queries, keys].</summary>
    public float[]? Factors { get; init; }
}

/// <summary>Attention as its definition says, in double and with all of its probabilities.</summary>
internal sealed class AttentionReference(int heads, int keyValueHeads, int headDim, int valueHeadDim, int batch, int queries, int keys, AttentionMask mask)
{
    /// <summary>Of sequences to themselves, with values as wide as keys.</summary>
    public AttentionReference(int heads, int keyValueHeads, int headDim, int batch, int sequence, AttentionMask mask)
        : this(heads, keyValueHeads, headDim, headDim, batch, sequence, sequence, mask)
    {
    }

    public double Scale { get; init; } = 1 / Math.Sqrt(headDim);

    /// <summary>The dropout factor of a probability by its logical index.</summary>
    public Func<long, double> Factor { get; init; } = _ => 1;

    public TermValues Terms { get; init; } = new();

    /// <summary>[batch, heads, queries, keys]: what else than values is gathered with the weights adds to their gradients; null for nothing.</summary>
    public double[]? WeightGradient { get; init; }

    public double[] Output { get; } = new double[batch * queries * heads * valueHeadDim];

    public double[] LogNormalizers { get; } = new double[batch * heads * queries];

    /// <summary>[batch, heads, queries, keys], multiplied with the terms' factors but not dropped.</summary>
    public double[] Weights { get; } = new double[batch * heads * queries * keys];

    public double[] QueryGradient { get; } = new double[batch * queries * heads * headDim];

    public double[] KeyGradient { get; } = new double[batch * keys * keyValueHeads * headDim];

    public double[] ValueGradient { get; } = new double[batch * keys * keyValueHeads * valueHeadDim];

    /// <summary>[batch, heads, queries, keys].</summary>
    public double[] ScoreGradient { get; } = new double[batch * heads * queries * keys];

    /// <summary>The factor of an element from its own four random words, one word at a time.</summary>
    public static Func<long, double> Dropout(RandomStream stream, uint site, float rate) => element =>
    {
        Vector128<uint> words = Philox.Block(stream.Seed, Philox.Counter(stream, site, (ulong)element / 4));
        double uniform = (words[(int)(element % 4)] >> 8) / (double)(1 << 24);
        return uniform < rate ? 0 : 1 / (1.0 - rate);
    };

    public static bool Sees(AttentionMask mask, int query, int key)
    {
        if (mask.Causal && key > query) return false;
        return mask.SlidingWindow == 0 || Math.Abs(query - key) < mask.SlidingWindow;
    }

    public void Forward(ReadOnlySpan<double> q, ReadOnlySpan<double> k, ReadOnlySpan<double> v)
    {
        Array.Clear(Output);
        for (int row = 0; row < batch * heads * queries; row++)
        {
            (int b, int h, int i) = Split(row);
            double[] probabilities = Probabilities(q, k, b, h, i, out LogNormalizers[row]);
            for (int j = 0; j < keys; j++)
            {
                Weights[row * keys + j] = probabilities[j] * TermFactor(b, i, j);
                double weight = probabilities[j] * FactorOf(row, b, i, j);
                for (int n = 0; n < valueHeadDim; n++) Output[OutputIndex(b, h, i) + n] += weight * v[ValueIndex(b, h, j) + n];
            }
        }
    }

    /// <summary>The gradients of Σ outputGradient · Output.</summary>
    public void Gradient(ReadOnlySpan<double> outputGradient, ReadOnlySpan<double> q, ReadOnlySpan<double> k, ReadOnlySpan<double> v)
    {
        for (int row = 0; row < batch * heads * queries; row++)
        {
            (int b, int h, int i) = Split(row);
            int query = QueryIndex(b, h, i), output = OutputIndex(b, h, i);
            double[] probabilities = Probabilities(q, k, b, h, i, out _);
            double[] gradients = new double[keys];
            double mean = 0;
            for (int j = 0; j < keys; j++)
            {
                double factor = FactorOf(row, b, i, j);
                int value = ValueIndex(b, h, j);
                if (WeightGradient is { } more) gradients[j] = factor * more[row * keys + j];
                for (int n = 0; n < valueHeadDim; n++)
                {
                    gradients[j] += factor * outputGradient[output + n] * v[value + n];
                    ValueGradient[value + n] += factor * probabilities[j] * outputGradient[output + n];
                }
                mean += probabilities[j] * gradients[j];
            }
            for (int j = 0; j < keys; j++)
            {
                double score = probabilities[j] * (gradients[j] - mean);
                ScoreGradient[row * keys + j] = score;
                int key = KeyIndex(b, h, j);
                for (int n = 0; n < headDim; n++)
                {
                    QueryGradient[query + n] += Scale * score * k[key + n];
                    KeyGradient[key + n] += Scale * score * q[query + n];
                }
            }
        }
    }

    /// <summary>The gradient of the distances, after <see cref="Gradient"/>.</summary>
    public double[] DistancesGradient(int reach)
    {
        double[] gradient = new double[heads * (2 * reach - 1)];
        for (int row = 0; row < batch * heads * queries; row++)
        {
            (_, int h, int i) = Split(row);
            for (int j = 0; j < keys; j++) gradient[h * (2 * reach - 1) + reach - 1 + j - i] += ScoreGradient[row * keys + j];
        }
        return gradient;
    }

    private double[] Probabilities(ReadOnlySpan<double> q, ReadOnlySpan<double> k, int b, int h, int i, out double logNormalizer)
    {
        double[] scores = new double[keys];
        double largest = double.NegativeInfinity;
        for (int j = 0; j < keys; j++)
        {
            scores[j] = Sees(mask, i, j) ? Bias(b, h, i, j) : double.NegativeInfinity;
            if (scores[j] == double.NegativeInfinity) continue;
            for (int n = 0; n < headDim; n++) scores[j] += Scale * q[QueryIndex(b, h, i) + n] * k[KeyIndex(b, h, j) + n];
            largest = Math.Max(largest, scores[j]);
        }
        double sum = 0;
        for (int j = 0; j < keys; j++)
        {
            scores[j] = scores[j] == double.NegativeInfinity ? 0 : Math.Exp(scores[j] - largest);
            sum += scores[j];
        }
        for (int j = 0; j < keys && sum > 0; j++) scores[j] /= sum;
        logNormalizer = largest + Math.Log(sum);
        return scores;
    }

    /// <summary>What the terms add to a score.</summary>
    private double Bias(int b, int h, int i, int j)
    {
        if (Terms.KeyMask is { } keyMask && keyMask[b * keys + j] == 0) return double.NegativeInfinity;
        double bias = 0;
        if (Terms.Distances is { } distances) bias += distances[h * (2 * Terms.Reach - 1) + Terms.Reach - 1 + j - i];
        if (Terms.Scores is { } scores) bias += scores[((b * heads + h) * queries + i) * keys + j];
        if (Terms.Pairs is { } pairs) bias += pairs[(b * queries + i) * keys + j];
        return bias;
    }

    private double TermFactor(int b, int i, int j) => Terms.Factors is { } factors ? factors[(b * queries + i) * keys + j] : 1;

    private double FactorOf(int row, int b, int i, int j) => Factor((long)row * keys + j) * TermFactor(b, i, j);

    private (int Batch, int Head, int Query) Split(int row) => (row / queries / heads, row / queries % heads, row % queries);

    private int QueryIndex(int b, int h, int i) => ((b * queries + i) * heads + h) * headDim;

    private int OutputIndex(int b, int h, int i) => ((b * queries + i) * heads + h) * valueHeadDim;

    private int KeyIndex(int b, int h, int j) => ((b * keys + j) * keyValueHeads + h / (heads / keyValueHeads)) * headDim;

    private int ValueIndex(int b, int h, int j) => ((b * keys + j) * keyValueHeads + h / (heads / keyValueHeads)) * valueHeadDim;
}
