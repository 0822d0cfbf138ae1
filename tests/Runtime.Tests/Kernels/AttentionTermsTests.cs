using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>
/// Attention of queries to as many or other keys, with values of a dimension of their own and every kind of term, and its
/// gradients, and its weights, against their definition in double.
/// </summary>
public sealed class AttentionTermsTests
{
    private const uint Site = 78;
    private const double Tolerance = 5e-5;
    private static readonly RandomStream Off = default;
    private static readonly RandomStream On = new(0x1234_5678_9ABC_DEF0, 5, 1, 2, true);
    private static readonly AttentionMask All = new(false, 0), Causal = new(true, 0);

    [Flags]
    private enum Kinds
    {
        None = 0,
        KeyMask = 1,
        Distances = 2,
        Scores = 4,
        Pairs = 8,
        Factors = 16,
        Everything = KeyMask | Distances | Scores | Pairs | Factors,
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 33)]
    [InlineData(33, 1)]
    [InlineData(17, 40)]
    [InlineData(70, 19)]
    [InlineData(131, 150)]
    public void Queries_may_be_as_many_as_keys_or_not(int queries, int keys)
    {
        Check<D4, D1, D7, D3>(1, queries, keys, All, Kinds.None, 0f, Off);
        Check<D9, D3, D16, D1>(1, queries, keys, Causal, Kinds.None, 0f, Off);
        Check<D2, D2, D1, D17>(2, queries, keys, new AttentionMask(false, 9), Kinds.None, 0.3f, On);
        Check<D1, D1, D3, D64>(1, queries, keys, new AttentionMask(true, 5), Kinds.None, 0f, Off);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(5, 5)]
    [InlineData(17, 3)]
    [InlineData(70, 131)]
    [InlineData(140, 140)]
    public void Every_kind_of_term_is_right(int queries, int keys)
    {
        foreach (Kinds kinds in (Kinds[])[Kinds.KeyMask, Kinds.Distances, Kinds.Scores, Kinds.Pairs, Kinds.Factors, Kinds.Everything])
        {
            Check<D4, D2, D7, D3>(3, queries, keys, All, kinds, 0f, Off);
            Check<D3, D1, D16, D16>(1, queries, keys, Causal, kinds, 0.25f, On);
        }
    }

    [Fact]
    public void Terms_go_with_windows_blocks_and_large_heads()
    {
        Check<D2, D1, D8, D7>(2, 300, 300, new AttentionMask(true, 150), Kinds.Everything, 0f, Off);
        Check<D2, D1, D8, D8>(1, 90, 90, new AttentionMask(false, 20), Kinds.KeyMask | Kinds.Distances, 0.1f, On);
        Check<D1, D1, D3, D384>(1, 70, 65, All, Kinds.Everything, 0f, Off);
        Check<D9, D9, D17, D5>(2, 70, 70, All, Kinds.KeyMask | Kinds.Distances, 0f, Off);
    }

    [Fact]
    public void A_query_whose_keys_are_all_hidden_gives_zeros_and_zero_gradients()
    {
        const int Queries = 5, Keys = 40;
        using KernelTest test = new();
        Pointer<float> q = test.Source(Queries * 2 * 7, out _), k = test.Source(Keys * 2 * 7, out _), v = test.Source(Keys * 2 * 3, out _), dO = test.Source(Queries * 2 * 3, out _);
        Pointer<int> none = test.Indices(new int[Keys]);
        Pointer<float> infinite = test.Source([.. Enumerable.Repeat(float.NegativeInfinity, Queries * Keys)]);
        AttentionTerms masked = new(none, default, 0, default, default, default, 2, Queries, Keys);
        AttentionTerms biased = new(default, default, 0, default, infinite, default, 2, Queries, Keys);
        foreach (AttentionTerms terms in (AttentionTerms[])[masked, biased])
        {
            double[][] expected =
            [
                new double[Queries * 6], [.. Enumerable.Repeat(double.NegativeInfinity, 2 * Queries)],
                new double[Queries * 14], new double[Keys * 14], new double[Keys * 6], new double[2 * Queries * Keys],
            ];
            test.Check(expected, (team, results) => Both<D2, D2, D7, D3>(team, dO, q, k, v, terms, 1f, All, 0f, Off, 1, Queries, Keys, results));
        }
    }

    [Fact]
    public void What_a_hidden_key_holds_does_not_matter()
    {
        const int Length = 20, Hidden = 3;
        using KernelTest test = new();
        Pointer<float> q = test.Source(Length * 7, out _), v = test.Source(Length * 7, out _);
        float[] keys = [.. Enumerable.Range(0, Length * 7).Select(i => i / 7 == Hidden ? float.NaN : 0.5f)];
        int[] mask = [.. Enumerable.Range(0, Length).Select(j => j == Hidden ? 0 : 1)];
        AttentionTerms terms = new(test.Indices(mask), default, 0, default, default, default, 1, Length, Length);
        using GuardedBuffer<float> o = new(Length * 7);
        Pointer<float> k = test.Source(keys);
        using ComputeTeam team = new(1);
        InstructionSets.ForEach(() =>
        {
            Attention.Forward<D1, D1, D7, D7, WithTerms, Chosen>(team, q, k, v, terms, 1f, All, 0f, Off, Site, 1, Length, Length, o, default);
            Assert.DoesNotContain(o.ToArray(), float.IsNaN);
        });
    }

    [Fact]
    public void Distances_that_do_not_reach_are_refused()
    {
        using ComputeTeam team = new(1);
        using GuardedBuffer<float> x = new(16), o = new(16), distances = new(3);
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => Attention.ForwardWithTerms<D1, D1, D1, D1>(
            team, x, x, x, default, distances, 2, default, default, default, 1f, All, 0f, Off, Site, 1, 2, 5, o, default));
        Assert.Contains("2 positions", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 7)]
    [InlineData(3, 5, 5)]
    [InlineData(200, 70, 300)]
    public void Distances_gather_gradients_along_diagonals(int queries, int keys, int reach)
    {
        const int Sequences = 3;
        using KernelTest test = new();
        Pointer<float> dScores = test.Source(Sequences * 2 * queries * keys, out double[] values);
        int distances = 2 * reach - 1;
        Pointer<float> addend = test.Source(2 * distances, out double[] added);
        double[] expected = new double[2 * distances];
        for (int index = 0; index < values.Length; index++)
        {
            int head = index / keys / queries % 2, query = index / keys % queries, key = index % keys;
            expected[head * distances + reach - 1 + key - query] += values[index];
        }
        test.Check(expected, (team, result) => Attention.DistancesGradient<D2, Chosen>(team, dScores, default, reach, Sequences, queries, keys, result), Tolerance);
        test.Check(
            Reference.Add(expected, added),
            (team, result) => Attention.DistancesGradient<D2, Chosen>(team, dScores, addend, reach, Sequences, queries, keys, result), Tolerance);
    }

    [Fact]
    public void The_reference_gradient_of_scores_is_its_slope()
    {
        const int Queries = 4, Keys = 6;
        Random random = new(3);
        double[] q = Doubles(random, Queries * 2 * 3), k = Doubles(random, Keys * 3), v = Doubles(random, Keys * 2), outputGradient = Doubles(random, Queries * 2 * 2);
        float[] scores = Floats(random, 2 * Queries * Keys), factors = Floats(random, Queries * Keys);
        AttentionReference reference = new(2, 1, 3, 2, 1, Queries, Keys, new AttentionMask(true, 4)) { Terms = new() { Scores = scores, Factors = factors } };
        reference.Gradient(outputGradient, q, k, v);
        for (int index = 0; index < scores.Length; index++)
        {
            float value = scores[index];
            scores[index] = value + 0.01f;
            double above = Loss(), width = scores[index];
            scores[index] = value - 0.01f;
            double below = Loss();
            width -= scores[index];
            scores[index] = value;
            Assert.Equal((above - below) / width, reference.ScoreGradient[index], 1e-4);
        }

        double Loss()
        {
            reference.Forward(q, k, v);
            return reference.Output.Zip(outputGradient, (o, g) => o * g).Sum();
        }
    }

    private static void Check<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>(
        int batch, int queries, int keys, AttentionMask mask, Kinds kinds, float rate, RandomStream stream)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
    {
        using KernelTest test = new();
        int heads = THeads.Value;
        Pointer<float> q = test.Source(batch * queries * heads * THeadDim.Value, out double[] qValues);
        Pointer<float> k = test.Source(batch * keys * TKeyValueHeads.Value * THeadDim.Value, out double[] kValues);
        Pointer<float> v = test.Source(batch * keys * TKeyValueHeads.Value * TValueHeadDim.Value, out double[] vValues);
        Pointer<float> dO = test.Source(batch * queries * heads * TValueHeadDim.Value, out double[] gradient);
        TermValues values = Draw(new Random(queries), kinds, batch, heads, queries, keys);
        AttentionReference reference = new(heads, TKeyValueHeads.Value, THeadDim.Value, TValueHeadDim.Value, batch, queries, keys, mask)
        {
            Terms = values,
            Factor = stream.IsEnabled ? AttentionReference.Dropout(stream, Site, rate) : _ => 1,
        };
        reference.Forward(qValues, kValues, vValues);
        reference.Gradient(gradient, qValues, kValues, vValues);

        AttentionTerms terms = new(
            values.KeyMask is null ? default : test.Indices(values.KeyMask), Source(values.Distances), values.Reach, Source(values.Scores),
            Source(values.Pairs), Source(values.Factors), heads, queries, keys);
        double[][] expected = [reference.Output, reference.LogNormalizers, reference.QueryGradient, reference.KeyGradient, reference.ValueGradient];
        if (kinds != Kinds.None) expected = [.. expected, reference.ScoreGradient];
        float scale = (float)reference.Scale;
        test.Check(
            expected,
            (team, results) => Both<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>(team, dO, q, k, v, terms, scale, mask, rate, stream, batch, queries, keys, results),
            Tolerance);
        test.Check(
            reference.Weights,
            (team, result) => AttentionWeights.Forward<THeads, TKeyValueHeads, THeadDim, Chosen>(team, q, k, terms, scale, mask, batch, queries, keys, result),
            Tolerance);

        Pointer<float> Source(float[]? term) => term is null ? default : test.Source(term);
    }

    /// <summary>Forward, and backward with what it left.</summary>
    private static void Both<THeads, TKeyValueHeads, THeadDim, TValueHeadDim>(
        ComputeTeam team, Pointer<float> dO, Pointer<float> q, Pointer<float> k, Pointer<float> v, AttentionTerms terms, float scale, AttentionMask mask,
        float rate, RandomStream stream, int batch, int queries, int keys, GuardedBuffer<float>[] results)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TValueHeadDim : struct, IDimension
    {
        if (results.Length == 6)
        {
            Attention.Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithTerms, Chosen>(
                team, q, k, v, terms, scale, mask, rate, stream, Site, batch, queries, keys, results[0], results[1]);
            Attention.Gradient<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithTerms, Chosen>(
                team, dO, q, k, v, results[0], results[1], terms, default, scale, mask, rate, stream, Site, batch, queries, keys, results[2], results[3], results[4], results[5]);
            return;
        }
        Attention.Forward<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithoutTerms, Chosen>(
            team, q, k, v, default, scale, mask, rate, stream, Site, batch, queries, keys, results[0], results[1]);
        Attention.Gradient<THeads, TKeyValueHeads, THeadDim, TValueHeadDim, WithoutTerms, Chosen>(
            team, dO, q, k, v, results[0], results[1], default, default, scale, mask, rate, stream, Site, batch, queries, keys, results[2], results[3], results[4], default);
    }

    /// <summary>The first sequence's mask has holes, the second hides all, further ones are padded at the right; some pairs are hidden.</summary>
    private static TermValues Draw(Random random, Kinds kinds, int batch, int heads, int queries, int keys)
    {
        int reach = Math.Max(queries, keys) + 2;
        int[] mask = [.. Enumerable.Range(0, batch * keys).Select(i => (i / keys) switch { 0 => random.Next(3), 1 => 0, _ => i % keys <= keys / 2 ? -1 : 0 })];
        float[] pairs = [.. Floats(random, batch * queries * keys).Select(x => x > 0.7f ? float.NegativeInfinity : x)];
        return new()
        {
            KeyMask = kinds.HasFlag(Kinds.KeyMask) ? mask : null,
            Distances = kinds.HasFlag(Kinds.Distances) ? Floats(random, heads * (2 * reach - 1)) : null,
            Reach = reach,
            Scores = kinds.HasFlag(Kinds.Scores) ? Floats(random, batch * heads * queries * keys) : null,
            Pairs = kinds.HasFlag(Kinds.Pairs) ? pairs : null,
            Factors = kinds.HasFlag(Kinds.Factors) ? Floats(random, batch * queries * keys) : null,
        };
    }

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    private static double[] Doubles(Random random, int count) => Array.ConvertAll(Floats(random, count), value => (double)value);
}
