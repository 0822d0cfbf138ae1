using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>Attention whose weights gather values by distance too (Shaw et al. 2018, equation 3), and its gradients, against their definition in double.</summary>
public sealed class RelativeValuesTests
{
    private const uint Site = 78;
    private const double Tolerance = 1e-4;
    private static readonly RandomStream Off = default;
    private static readonly RandomStream On = new(0x1234_5678_9ABC_DEF0, 5, 1, 2, true);
    private static readonly AttentionMask All = new(false, 0), Causal = new(true, 0);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 5)]
    [InlineData(17, 40)]
    [InlineData(70, 19)]
    [InlineData(131, 150)]
    public void The_gradients_of_attention_know_what_else_its_weights_gather(int queries, int keys)
    {
        Check<D4, D2, D7, D3, D9>(1, queries, keys, All, 0f, Off);
        Check<D3, D1, D16, D17, D131>(1, queries, keys, Causal, 0.25f, On);
        Check<D9, D9, D1, D5, D3>(2, queries, keys, new AttentionMask(true, 9), 0f, Off);
        Check<D4, D1, D7, D16, D1>(2, queries, keys, All, 0.3f, On);
    }

    private static void Check<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, TTable>(int batch, int queries, int keys, AttentionMask mask, float rate, RandomStream stream)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
        where TTable : struct, IDimension
    {
        using KernelTest test = new();
        int heads = THeads.Value, width = TValueHeadDim.Value, count = batch * heads * queries * keys;
        Pointer<float> q = test.Source(batch * queries * heads * THeadDim.Value, out double[] qs);
        Pointer<float> k = test.Source(batch * keys * TKeyValueHeads.Value * THeadDim.Value, out double[] ks);
        Pointer<float> v = test.Source(batch * keys * TKeyValueHeads.Value * width, out double[] vs);
        Pointer<float> dY = test.Source(batch * queries * heads * width, out double[] gradient);
        Pointer<float> table = test.Source(TTable.Value * width, out double[] tables);
        int[] seen = [.. Enumerable.Range(0, batch * keys).Select(i => i % keys == 2 ? 0 : 1)];
        Pointer<int> keyMask = test.Indices(seen);

        double[] dWeights = new double[count], expected = new double[gradient.Length], dTable = new double[tables.Length];
        AttentionReference reference = new(heads, TKeyValueHeads.Value, THeadDim.Value, width, batch, queries, keys, mask)
        {
            Terms = new() { KeyMask = seen },
            Factor = stream.IsEnabled ? AttentionReference.Dropout(stream, Site, rate) : _ => 1,
            WeightGradient = dWeights,
        };
        reference.Forward(qs, ks, vs);
        reference.Output.CopyTo(expected, 0);
        for (int index = 0; index < count; index++)
        {
            int key = index % keys, query = index / keys % queries, head = index / keys / queries % heads, sequence = index / keys / queries / heads;
            int row = ((((sequence * queries) + query) * heads) + head) * width;
            int entry = ((TTable.Value / 2) + Math.Clamp(query - key, -(TTable.Value / 2), TTable.Value / 2)) * width;
            double weight = reference.Weights[index] * reference.Factor(index);
            for (int n = 0; n < width; n++)
            {
                expected[row + n] += weight * tables[entry + n];
                dWeights[index] += gradient[row + n] * tables[entry + n];
                dTable[entry + n] += weight * gradient[row + n];
            }
        }
        reference.Gradient(gradient, qs, ks, vs);

        AttentionTerms terms = new(keyMask, default, 0, default, default, default, heads, queries, keys);
        float scale = (float)reference.Scale;
        using GuardedBuffer<float> o = new(expected.Length), weights = new(count), added = new(count), logNormalizers = new(batch * heads * queries);
        test.Check(
            [expected, reference.QueryGradient, reference.KeyGradient, reference.ValueGradient, reference.ScoreGradient, dTable],
            (team, results) =>
            {
                Attention.Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithTerms, Chosen>(
                    team, q, k, v, terms, scale, mask, rate, stream, Site, batch, queries, keys, o, logNormalizers);
                AttentionWeights.Forward<THeads, TKeyValueHeads, THeadDim, Chosen>(team, q, k, terms, scale, mask, batch, queries, keys, weights);
                if (stream.IsEnabled) Dropout.Apply<Chosen>(team, weights, default, rate, stream, Site, count, weights);
                RelativeScores.Values<THeads, TValueHeadDim, TTable, Chosen>(team, weights, table, o, batch, queries, keys, results[0]);
                RelativeScores.Forward<THeads, THeads, TValueHeadDim, TTable, RelativeQueries, Chosen>(team, dY, table, default, 1f, batch, queries, keys, added);
                Attention.Gradient<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithTerms, Chosen>(
                    team, dY, q, k, v, results[0], logNormalizers, terms, added, scale, mask, rate, stream, Site, batch, queries, keys,
                    results[1], results[2], results[3], results[4]);
                RelativeScores.TableGradient<THeads, THeads, TValueHeadDim, TTable, RelativeQueries, Chosen>(
                    team, weights, dY, default, 1f, batch, queries, keys, results[5]);
            },
            Tolerance);
    }
}
