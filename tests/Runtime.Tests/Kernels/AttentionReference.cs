using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

/// <summary>Attention as its definition says, in double and with all of its T × T probabilities.</summary>
internal sealed class AttentionReference(int heads, int keyValueHeads, int headDim, int batch, int sequence, AttentionMask mask)
{
    public double Scale { get; init; } = 1 / Math.Sqrt(headDim);

    /// <summary>The dropout factor of a probability by its logical index.</summary>
    public Func<long, double> Factor { get; init; } = _ => 1;

    public double[] Output { get; } = new double[batch * sequence * heads * headDim];

    public double[] LogNormalizers { get; } = new double[batch * heads * sequence];

    public double[] QueryGradient { get; } = new double[batch * sequence * heads * headDim];

    public double[] KeyGradient { get; } = new double[batch * sequence * keyValueHeads * headDim];

    public double[] ValueGradient { get; } = new double[batch * sequence * keyValueHeads * headDim];

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
        for (int row = 0; row < batch * heads * sequence; row++)
        {
            (int b, int h, int i) = Split(row);
            double[] probabilities = Probabilities(q, k, b, h, i, out LogNormalizers[row]);
            for (int j = 0; j < sequence; j++)
            {
                double weight = probabilities[j] * Factor((long)row * sequence + j);
                for (int n = 0; n < headDim; n++) Output[QueryIndex(b, h, i) + n] += weight * v[KeyIndex(b, h, j) + n];
            }
        }
    }

    /// <summary>The gradients of Σ outputGradient · Output.</summary>
    public void Gradient(ReadOnlySpan<double> outputGradient, ReadOnlySpan<double> q, ReadOnlySpan<double> k, ReadOnlySpan<double> v)
    {
        for (int row = 0; row < batch * heads * sequence; row++)
        {
            (int b, int h, int i) = Split(row);
            int query = QueryIndex(b, h, i);
            double[] probabilities = Probabilities(q, k, b, h, i, out _);
            double[] gradients = new double[sequence];
            double mean = 0;
            for (int j = 0; j < sequence; j++)
            {
                double factor = Factor((long)row * sequence + j);
                int key = KeyIndex(b, h, j);
                for (int n = 0; n < headDim; n++)
                {
                    gradients[j] += factor * outputGradient[query + n] * v[key + n];
                    ValueGradient[key + n] += factor * probabilities[j] * outputGradient[query + n];
                }
                mean += probabilities[j] * gradients[j];
            }
            for (int j = 0; j < sequence; j++)
            {
                double score = Scale * probabilities[j] * (gradients[j] - mean);
                int key = KeyIndex(b, h, j);
                for (int n = 0; n < headDim; n++)
                {
                    QueryGradient[query + n] += score * k[key + n];
                    KeyGradient[key + n] += score * q[query + n];
                }
            }
        }
    }

    private double[] Probabilities(ReadOnlySpan<double> q, ReadOnlySpan<double> k, int b, int h, int i, out double logNormalizer)
    {
        double[] scores = new double[sequence];
        double largest = double.NegativeInfinity;
        for (int j = 0; j < sequence; j++)
        {
            if (!Sees(mask, i, j)) continue;
            for (int n = 0; n < headDim; n++) scores[j] += Scale * q[QueryIndex(b, h, i) + n] * k[KeyIndex(b, h, j) + n];
            largest = Math.Max(largest, scores[j]);
        }
        double sum = 0;
        for (int j = 0; j < sequence; j++)
        {
            scores[j] = Sees(mask, i, j) ? Math.Exp(scores[j] - largest) : 0;
            sum += scores[j];
        }
        for (int j = 0; j < sequence && sum > 0; j++) scores[j] /= sum;
        logNormalizer = largest + Math.Log(sum);
        return scores;
    }

    private (int Batch, int Head, int Query) Split(int row) => (row / sequence / heads, row / sequence % heads, row % sequence);

    private int QueryIndex(int b, int h, int i) => ((b * sequence + i) * heads + h) * headDim;

    private int KeyIndex(int b, int h, int j) => ((b * sequence + j) * keyValueHeads + h / (heads / keyValueHeads)) * headDim;
}
