using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class AttentionRules
{
    public static double[][] Forward(Attention attention, Operands operands)
    {
        Extent extent = new(attention.Shape, attention.Terms, operands, firstInput: 0, firstTerm: 3);
        double[] o = Operands.Zeros(attention.O.Shape);
        double[] logNormalizers = new double[attention.LogNormalizers.Shape.Elements];
        foreach (Query query in extent.Queries)
        {
            foreach ((int key, double share) in query.Shares(operands[0], operands[1], out logNormalizers[query.Index]))
            {
                double weight = share * query.Factor(key) * Dropped(attention, operands, query, key);
                for (int d = 0; d < query.ValueHeadDim; d++) o[query.OutputAt(d)] += weight * operands[2][query.ValueAt(key, d)];
            }
        }
        return [o, logNormalizers];
    }

    public static double[][] Weights(AttentionWeights weights, Operands operands)
    {
        Extent extent = new(weights.Shape, weights.Terms, operands, firstInput: 0, firstTerm: 2);
        double[] result = Operands.Zeros(weights.Outputs[0].Shape);
        foreach (Query query in extent.Queries)
        {
            foreach ((int key, double share) in query.Shares(operands[0], operands[1], out _)) result[query.Pair(key)] = share * query.Factor(key);
        }
        return [result];
    }

    public static double[][] Gradient(AttentionGradient gradient, Operands operands)
    {
        Attention attention = gradient.Forward;
        Extent extent = new(attention.Shape, attention.Terms, operands, firstInput: 1, firstTerm: 6);
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
                double weight = Math.Exp(score - logNormalizers[query.Index]), factor = query.Factor(key) * Dropped(attention, operands, query, key);
                double dWeight = gradient.WeightGradient is null ? 0 : operands[^1][query.Pair(key)] * factor;
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

    private static double Dropped(Attention attention, Operands operands, Query query, int key) =>
        attention.Dropout == 0 ? 1 : operands.Run.Mask(attention.Site, query.Pair(key), attention.Dropout);

    /// <summary>An attention with the lengths that its sequences have in this run, and its terms.</summary>
    private sealed class Extent(AttentionShape shape, AttentionTerms terms, Operands operands, int firstInput, int firstTerm)
    {
        public AttentionShape Shape => shape;

        public int QueryCount { get; } = operands.Rows(firstInput) / shape.Sequences;

        public int KeyCount { get; } = operands.Rows(firstInput + 1) / shape.Sequences;

        public double[]? KeyMask { get; } = Term(operands, terms.KeyMask, firstTerm);

        public double[]? Distances { get; } = Term(operands, terms.Distances, firstTerm + 1);

        public int DistanceCount { get; } = terms.Distances?.Shape.Columns ?? 0;

        public double[]? Scores { get; } = Term(operands, terms.Scores, firstTerm + 2);

        public double[]? Pairs { get; } = Term(operands, terms.Pairs, firstTerm + 3);

        public double[]? Factors { get; } = Term(operands, terms.Factors, firstTerm + 4);

        public IEnumerable<Query> Queries =>
            from sequence in Enumerable.Range(0, shape.Sequences)
            from head in Enumerable.Range(0, shape.Spec.Heads)
            from position in Enumerable.Range(0, QueryCount)
            select new Query(this, sequence, head, position);

        private static double[]? Term(Operands operands, Tensor? term, int slot) => term is null ? null : operands[slot];
    }

    /// <summary>One head's query, and where its elements and those of the keys and values that it sees are.</summary>
    private sealed record Query(Extent Extent, int Sequence, int Head, int Position)
    {
        private AttentionSpec Spec => Extent.Shape.Spec;

        public int HeadDim => Spec.HeadDim;

        public int ValueHeadDim => Spec.ValueHeadDim;

        public double Scale => Spec.Scale;

        /// <summary>In [sequences, heads, queries].</summary>
        public int Index => (Sequence * Spec.Heads + Head) * Extent.QueryCount + Position;

        public int[] Keys { get; } = [.. VisibleKeys(Extent.Shape.Spec, Position, Extent.KeyCount)];

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
                int count = Extent.DistanceCount;
                score += distances[Head * count + (count + 1) / 2 - 1 + key - Position];
            }
            if (Extent.Scores is { } scores) score += scores[Pair(key)];
            if (Extent.Pairs is { } pairs) score += pairs[QueryRow * Extent.KeyCount + key];
            return score;
        }

        /// <summary>The keys with a probability, and those probabilities.</summary>
        public IEnumerable<(int Key, double Share)> Shares(double[] q, double[] k, out double logNormalizer)
        {
            (int Key, double Weight)[] weights = [.. Keys.Select(key => (key, Math.Exp(Score(q, k, key))))];
            double sum = weights.Sum(w => w.Weight);
            logNormalizer = Math.Log(sum);
            return weights.Where(w => w.Weight > 0).Select(w => (w.Key, w.Weight / sum));
        }

        /// <summary>What the terms multiply the probability of a key with.</summary>
        public double Factor(int key) => Extent.Factors is { } factors ? factors[QueryRow * Extent.KeyCount + key] : 1;

        private int QueryRow => Sequence * Extent.QueryCount + Position;

        private int KeyHead(int key) => (Sequence * Extent.KeyCount + key) * Spec.KeyValueHeads + Head / (Spec.Heads / Spec.KeyValueHeads);
    }
}
