using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class RelativeScoresTests
{
    private const float Scale = 0.375f;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 3, 3)]
    [InlineData(2, 7, 20)]
    [InlineData(1, 20, 7)]
    [InlineData(2, 70, 70)]
    public void Scores_and_gradients_agree_with_the_reference(int sequences, int queries, int keys)
    {
        CheckBoth<D1, D1, D1, D1>(sequences, queries, keys);
        CheckBoth<D4, D2, D7, D3>(sequences, queries, keys);
        CheckBoth<D3, D1, D16, D17>(sequences, queries, keys);
        CheckBoth<D2, D2, D17, D131>(sequences, queries, keys);
    }

    [Fact]
    public void Long_sequences_pass_many_bands()
    {
        Check<D2, D2, D64, Odd511, RelativeQueries>(2, 150, 150);
        Check<D2, D1, D64, D9, RelativeKeys>(1, 200, 130);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public void Rows_of_a_cache_agree_with_the_reference(int rows)
    {
        CheckCached<D1, D1, D1, D64>(rows);
        CheckCached<D3, D7, D17, D64>(rows);
        CheckCached<D2, D17, Odd511, D200>(rows);
        CheckCached<D80, D3, D131, D200>(rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public void Values_for_rows_of_a_cache_agree_with_the_reference(int rows)
    {
        CheckCachedValues<D1, D1, D1, D64>(rows);
        CheckCachedValues<D3, D7, D17, D64>(rows);
        CheckCachedValues<D2, D17, Odd511, D200>(rows);
        CheckCachedValues<D80, D3, D131, D200>(rows);
    }

    private readonly struct Odd511 : IDimension
    {
        public static int Value => 511;
    }

    private static void CheckBoth<THeads, TKeyHeads, THeadDim, TTable>(int sequences, int queries, int keys)
        where THeads : struct, IDimension
        where TKeyHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
    {
        CheckValues<THeads, THeadDim, TTable>(sequences, queries, keys);
        Check<THeads, THeads, THeadDim, TTable, RelativeQueries>(sequences, queries, keys);
        Check<THeads, TKeyHeads, THeadDim, TTable, RelativeKeys>(sequences, queries, keys);
    }

    private static void Check<THeads, TVectorHeads, THeadDim, TTable, TSide>(int sequences, int queries, int keys)
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
    {
        using KernelTest test = new();
        bool isQueries = typeof(TSide) == typeof(RelativeQueries);
        int d = THeadDim.Value, length = isQueries ? queries : keys, count = sequences * THeads.Value * queries * keys, group = THeads.Value / TVectorHeads.Value;
        var x = test.Source(sequences * length * TVectorHeads.Value * d, out double[] xs);
        var table = test.Source(TTable.Value * d, out double[] tables);
        var dScores = test.Source(count, out double[] gradients);
        double[] scores = new double[count], dxs = new double[xs.Length], dTables = new double[tables.Length];
        for (int score = 0; score < count; score++)
        {
            int key = score % keys, query = score / keys % queries, head = score / keys / queries % THeads.Value, sequence = score / keys / queries / THeads.Value;
            int vector = ((((sequence * length) + (isQueries ? query : key)) * TVectorHeads.Value) + (head / group)) * d;
            int entry = Entry<TTable>(query - key) * d;
            for (int i = 0; i < d; i++)
            {
                scores[score] += Scale * xs[vector + i] * tables[entry + i];
                dxs[vector + i] += Scale * gradients[score] * tables[entry + i];
                dTables[entry + i] += Scale * gradients[score] * xs[vector + i];
            }
        }

        const double Near = 1e-4;
        double[] sum = Reference.Add(scores, gradients), dxSum = Reference.Add(dxs, xs), dTableSum = Reference.Add(dTables, tables);
        float[] before = Array.ConvertAll(tables, v => (float)v);
        test.Check(scores, (team, y) => RelativeScores.Forward<THeads, TVectorHeads, THeadDim, TTable, TSide, Chosen>(team, x, table, default, Scale, sequences, queries, keys, y), Near);
        test.Check(sum, (team, y) => RelativeScores.Forward<THeads, TVectorHeads, THeadDim, TTable, TSide, Chosen>(team, x, table, dScores, Scale, sequences, queries, keys, y), Near);
        test.Check(dxs, (team, dx) => RelativeScores.InputGradient<THeads, TVectorHeads, THeadDim, TTable, TSide, Chosen>(team, dScores, table, default, Scale, sequences, queries, keys, dx), Near);
        test.Check(dxSum, (team, dx) => RelativeScores.InputGradient<THeads, TVectorHeads, THeadDim, TTable, TSide, Chosen>(team, dScores, table, x, Scale, sequences, queries, keys, dx), Near);
        test.Check(dTables, (team, dt) => RelativeScores.TableGradient<THeads, TVectorHeads, THeadDim, TTable, TSide, Chosen>(team, dScores, x, default, Scale, sequences, queries, keys, dt), Near);
        test.Check(dTableSum, (team, dt) =>
        {
            before.CopyTo(dt.Span);
            RelativeScores.TableGradient<THeads, TVectorHeads, THeadDim, TTable, TSide, Chosen>(team, dScores, x, dt, Scale, sequences, queries, keys, dt);
        }, Near);
    }

    private static void CheckCached<THeads, THeadDim, TTable, TContext>(int rows)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TContext : struct, IDimension
    {
        using KernelTest test = new();
        int d = THeadDim.Value;
        int[] at = test.RandomIndices(rows, TContext.Value - 5);
        var positions = test.Indices(at);
        var q = test.Source(rows * THeads.Value * d, out double[] qs);
        var table = test.Source(TTable.Value * d, out double[] tables);
        double[] scores = new double[rows * THeads.Value * TContext.Value];
        for (int i = 0; i < scores.Length; i++)
        {
            (int vector, int key) = int.DivRem(i, TContext.Value);
            if (key > at.Max()) continue;
            int entry = Entry<TTable>(at[vector / THeads.Value] - key);
            scores[i] = Scale * Reference.Dot(qs[(vector * d)..((vector + 1) * d)], tables[(entry * d)..((entry + 1) * d)]);
        }

        test.Check(scores, (team, y) => RelativeScores.Cached<THeads, THeadDim, TTable, TContext, Chosen>(team, q, table, positions, Scale, rows, y), 1e-4);
        test.Check(scores, (team, y) => RelativeScores.Cached<THeads, THeadDim, TTable, TContext>(team, q, table, positions, Scale, rows, y), 1e-4);
    }

    private static void CheckValues<THeads, THeadDim, TTable>(int sequences, int queries, int keys)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
    {
        using KernelTest test = new();
        int d = THeadDim.Value, heads = THeads.Value;
        var weights = test.Source(sequences * heads * queries * keys, out double[] shares);
        var table = test.Source(TTable.Value * d, out double[] tables);
        var o = test.Source(sequences * queries * heads * d, out double[] added);
        double[] values = new double[added.Length];
        for (int index = 0; index < shares.Length; index++)
        {
            int key = index % keys, query = index / keys % queries, head = index / keys / queries % heads, sequence = index / keys / queries / heads;
            int row = ((((sequence * queries) + query) * heads) + head) * d, entry = Entry<TTable>(query - key) * d;
            for (int i = 0; i < d; i++) values[row + i] += shares[index] * tables[entry + i];
        }

        double[] sum = Reference.Add(values, added);
        float[] before = Array.ConvertAll(added, v => (float)v);
        test.Check(values, (team, y) => RelativeScores.Values<THeads, THeadDim, TTable, Chosen>(team, weights, table, default, sequences, queries, keys, y), 1e-4);
        test.Check(sum, (team, y) =>
        {
            before.CopyTo(y.Span);
            RelativeScores.Values<THeads, THeadDim, TTable, Chosen>(team, weights, table, y, sequences, queries, keys, y);
        }, 1e-4);
        test.Check(sum, (team, y) => RelativeScores.Values<THeads, THeadDim, TTable>(team, weights, table, o, sequences, queries, keys, y), 1e-4);
    }

    private static void CheckCachedValues<THeads, THeadDim, TTable, TContext>(int rows)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TContext : struct, IDimension
    {
        using KernelTest test = new();
        int d = THeadDim.Value, context = TContext.Value;
        int[] at = test.RandomIndices(rows, context - 5);
        var positions = test.Indices(at);
        double[] shares = [.. Enumerable.Range(0, rows * THeads.Value * context).Select(i => i % context > at[i / context / THeads.Value] ? 0 : (i % 17 - 8) / 16.0)];
        var weights = test.Source(Array.ConvertAll(shares, share => (float)share));
        var table = test.Source(TTable.Value * d, out double[] tables);
        var o = test.Source(rows * THeads.Value * d, out double[] added);
        double[] values = new double[added.Length];
        for (int i = 0; i < shares.Length; i++)
        {
            (int vector, int key) = int.DivRem(i, context);
            int entry = Entry<TTable>(at[vector / THeads.Value] - key) * d;
            for (int n = 0; n < d; n++) values[(vector * d) + n] += shares[i] * tables[entry + n];
        }

        double[] sum = Reference.Add(values, added);
        test.Check(values, (team, y) => RelativeScores.CachedValues<THeads, THeadDim, TTable, TContext, Chosen>(team, weights, table, positions, default, rows, y), 1e-4);
        test.Check(sum, (team, y) => RelativeScores.CachedValues<THeads, THeadDim, TTable, TContext, Chosen>(team, weights, table, positions, o, rows, y), 1e-4);
        test.Check(sum, (team, y) => RelativeScores.CachedValues<THeads, THeadDim, TTable, TContext>(team, weights, table, positions, o, rows, y), 1e-4);
    }

    private static int Entry<TTable>(int distance)
        where TTable : struct, IDimension => (TTable.Value / 2) + Math.Clamp(distance, -(TTable.Value / 2), TTable.Value / 2);
}
