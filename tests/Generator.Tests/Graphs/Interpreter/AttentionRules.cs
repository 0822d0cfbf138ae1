using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class AttentionRules
{
    public static double[][] Forward(Attention attention, Operands operands)
    {
        Extent extent = new(attention, operands);
        double[] o = Operands.Zeros(attention.O.Shape);
        double[] logNormalizers = new double[attention.LogNormalizers.Shape.Elements];
        foreach (Query query in extent.Queries)
        {
            (int key, double weight)[] weights = [.. query.Keys.Select(key => (key, Math.Exp(query.Score(operands[0], operands[1], key))))];
            double sum = weights.Sum(w => w.weight);
            logNormalizers[query.Index] = Math.Log(sum);
            foreach ((int key, double weight) in weights.Where(w => w.weight > 0))
            {
                double share = weight / sum * query.Factor(key);
                for (int d = 0; d < query.ValueHeadDim; d++) o[query.OutputAt(d)] += share * operands[2][query.ValueAt(key, d)];
            }
        }
        return [o, logNormalizers];
    }

    public static double[][] Gradient(AttentionGradient gradient, Operands operands)
    {
        Extent extent = new(gradient.Forward, operands, firstInput: 1, firstTerm: 6);
        double[] dO = operands[0], q = operands[1], k = operands[2], v = operands[3], o = operands[4], logNormalizers = operands[5];
        double[] dQ = new double[q.Length], dK = new double[k.Length], dV = new double[v.Length];
        double[] dScores = new double[gradient.ScoreGradient?.Shape.Elements ?? 0];
        foreach (Query query in extent.Queries)
        {
            double mean = 0;
            for (int d = 0; d < query.ValueHeadDim; d++) mean += dO[query.OutputAt(d)] * o[query.OutputAt(d)];
            foreach (int key in query.Keys)
            {
                double score = query.Score(q, k, key);
                if (double.IsNegativeInfinity(score)) continue;
                double weight = Math.Exp(score - logNormalizers[query.Index]), factor = query.Factor(key);
                double dWeight = 0;
                for (int d = 0; d < query.ValueHeadDim; d++)
                {
                    dWeight += dO[query.OutputAt(d)] * v[query.ValueAt(key, d)] * factor;
                    dV[query.ValueAt(key, d)] += weight * factor * dO[query.OutputAt(d)];
                }
                double dScore = weight * (dWeight - mean);
                if (gradient.ScoreGradient is not null) dScores[query.Pair(key)] = dScore;
                for (int d = 0; d < query.HeadDim; d++)
                {
                    dQ[query.At(d)] += dScore * query.Scale * k[query.KeyAt(key, d)];
                    dK[query.KeyAt(key, d)] += dScore * query.Scale * q[query.At(d)];
                }
            }
        }
        return gradient.ScoreGradient is null ? [dQ, dK, dV] : [dQ, dK, dV, dScores];
    }

    public static double[][] DistancesGradient(DistancesGradient gradient, Operands operands)
    {
        AttentionShape shape = gradient.Shape;
        int distances = gradient.Outputs[0].Shape.Columns, reach = (distances + 1) / 2;
        double[] dScores = operands[0], result = [.. operands.OrZeros(1, gradient.Outputs[0].Shape)];
        for (int i = 0; i < dScores.Length; i++)
        {
            int key = i % shape.Keys, query = i / shape.Keys % shape.Queries, head = i / shape.Keys / shape.Queries % shape.Spec.Heads;
            result[head * distances + reach - 1 + key - query] += dScores[i];
        }
        return [result];
    }

    /// <summary>The keys that a query sees: earlier ones where attention is causal, fewer than the window away.</summary>
    public static IEnumerable<int> VisibleKeys(AttentionSpec spec, int query, int length) =>
        from key in Enumerable.Range(0, length)
        where !spec.Causal || key <= query
        where spec.SlidingWindow == 0 || Math.Abs(query - key) < spec.SlidingWindow
        select key;

    /// <summary>An attention with the lengths that its sequences have in this run, and its terms.</summary>
    private sealed class Extent(Attention attention, Operands operands, int firstInput = 0, int firstTerm = 3)
    {
        public Attention Attention => attention;

        public RunState Run => operands.Run;

        public int QueryCount { get; } = operands.Rows(firstInput) / attention.Shape.Sequences;

        public int KeyCount { get; } = operands.Rows(firstInput + 1) / attention.Shape.Sequences;

        public double[]? KeyMask { get; } = Term(operands, attention.Terms.KeyMask, firstTerm);

        public double[]? Distances { get; } = Term(operands, attention.Terms.Distances, firstTerm + 1);

        public double[]? Scores { get; } = Term(operands, attention.Terms.Scores, firstTerm + 2);

        public double[]? Pairs { get; } = Term(operands, attention.Terms.Pairs, firstTerm + 3);

        public double[]? Factors { get; } = Term(operands, attention.Terms.Factors, firstTerm + 4);

        public IEnumerable<Query> Queries =>
            from sequence in Enumerable.Range(0, attention.Shape.Sequences)
            from head in Enumerable.Range(0, attention.Shape.Spec.Heads)
            from position in Enumerable.Range(0, QueryCount)
            select new Query(this, sequence, head, position);

        private static double[]? Term(Operands operands, Tensor? term, int slot) => term is null ? null : operands[slot];
    }

    /// <summary>One head's query, and where its elements and those of the keys and values that it sees are.</summary>
    private sealed record Query(Extent Extent, int Sequence, int Head, int Position)
    {
        private AttentionSpec Spec => Extent.Attention.Shape.Spec;

        public int HeadDim => Spec.HeadDim;

        public int ValueHeadDim => Spec.ValueHeadDim;

        public double Scale => Spec.Scale;

        /// <summary>In [sequences, heads, queries].</summary>
        public int Index => (Sequence * Spec.Heads + Head) * Extent.QueryCount + Position;

        public int[] Keys { get; } = [.. VisibleKeys(Extent.Attention.Shape.Spec, Position, Extent.KeyCount)];

        /// <summary>In [sequences, heads, queries, keys].</summary>
        public int Pair(int key) => Index * Extent.KeyCount + key;

        public int At(int d) => (QueryRow * Spec.Heads + Head) * HeadDim + d;

        public int OutputAt(int d) => (QueryRow * Spec.Heads + Head) * ValueHeadDim + d;

        public int KeyAt(int key, int d) => KeyHead(key) * HeadDim + d;

        public int ValueAt(int key, int d) => KeyHead(key) * ValueHeadDim + d;

        public double Score(double[] q, double[] k, int key)
        {
            if (Extent.KeyMask is { } mask && mask[Sequence * Extent.KeyCount + key] == 0) return double.NegativeInfinity;
            double score = 0;
            for (int d = 0; d < HeadDim; d++) score += q[At(d)] * k[KeyAt(key, d)];
            score *= Spec.Scale;
            if (Extent.Distances is { } distances)
            {
                int count = Extent.Attention.Terms.Distances!.Shape.Columns;
                score += distances[Head * count + (count + 1) / 2 - 1 + key - Position];
            }
            if (Extent.Scores is { } scores) score += scores[Pair(key)];
            if (Extent.Pairs is { } pairs) score += pairs[QueryRow * Extent.KeyCount + key];
            return score;
        }

        /// <summary>What the probability of a key is multiplied with.</summary>
        public double Factor(int key)
        {
            Attention attention = Extent.Attention;
            double dropped = attention.Dropout == 0 ? 1 : Extent.Run.Mask(attention.Site, Pair(key), attention.Dropout);
            return Extent.Factors is { } factors ? dropped * factors[QueryRow * Extent.KeyCount + key] : dropped;
        }

        private int QueryRow => Sequence * Extent.QueryCount + Position;

        private int KeyHead(int key) => (Sequence * Extent.KeyCount + key) * Spec.KeyValueHeads + Head / (Spec.Heads / Spec.KeyValueHeads);
    }
}
