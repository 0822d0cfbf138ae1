using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class AttentionRules
{
    public static double[][] Forward(Attention attention, Operands operands)
    {
        double[] q = operands[0], k = operands[1], v = operands[2], o = new double[q.Length];
        var logNormalizers = new double[attention.LogNormalizers.Shape.Elements];
        foreach (Query query in Queries(attention.Shape))
        {
            double[] weights = [.. query.Keys.Select(key => Math.Exp(query.Score(q, k, key)))];
            double sum = weights.Sum();
            logNormalizers[query.Index] = Math.Log(sum);
            foreach (int key in query.Keys)
            {
                double weight = weights[key - query.Keys.First()] / sum * query.Mask(attention, operands.Run, key);
                for (int d = 0; d < query.HeadDim; d++) o[query.At(d)] += weight * v[query.At(key, d)];
            }
        }
        return [o, logNormalizers];
    }

    public static double[][] Gradient(AttentionGradient gradient, Operands operands)
    {
        Attention attention = gradient.Forward;
        double[] dO = operands[0], q = operands[1], k = operands[2], v = operands[3], o = operands[4], logNormalizers = operands[5];
        double[] dQ = new double[q.Length], dK = new double[k.Length], dV = new double[v.Length];
        foreach (Query query in Queries(attention.Shape))
        {
            double mean = 0;
            for (int d = 0; d < query.HeadDim; d++) mean += dO[query.At(d)] * o[query.At(d)];
            foreach (int key in query.Keys)
            {
                double weight = Math.Exp(query.Score(q, k, key) - logNormalizers[query.Index]), mask = query.Mask(attention, operands.Run, key);
                double dWeight = 0;
                for (int d = 0; d < query.HeadDim; d++)
                {
                    dWeight += dO[query.At(d)] * v[query.At(key, d)] * mask;
                    dV[query.At(key, d)] += weight * mask * dO[query.At(d)];
                }
                double dScore = weight * (dWeight - mean) * attention.Shape.Spec.Scale;
                for (int d = 0; d < query.HeadDim; d++)
                {
                    dQ[query.At(d)] += dScore * k[query.At(key, d)];
                    dK[query.At(key, d)] += dScore * q[query.At(d)];
                }
            }
        }
        return [dQ, dK, dV];
    }

    /// <summary>The keys that a query sees: earlier ones where attention is causal, no more than the window, itself included.</summary>
    public static IEnumerable<int> VisibleKeys(AttentionSpec spec, int query, int length)
    {
        int end = spec.Causal ? query + 1 : length;
        int start = spec.SlidingWindow > 0 ? Math.Max(0, end - spec.SlidingWindow) : 0;
        return Enumerable.Range(start, end - start);
    }

    private static IEnumerable<Query> Queries(AttentionShape shape) =>
        from sequence in Enumerable.Range(0, shape.Sequences)
        from head in Enumerable.Range(0, shape.Spec.Heads)
        from position in Enumerable.Range(0, shape.Sequence)
        select new Query(shape, sequence, head, position);

    /// <summary>One head's query, and where its elements and those of the keys and values that it sees are.</summary>
    private sealed record Query(AttentionShape Shape, int Sequence, int Head, int Position)
    {
        private AttentionSpec Spec => Shape.Spec;

        public int HeadDim => Spec.HeadDim;

        /// <summary>In [sequences, heads, positions].</summary>
        public int Index => (Sequence * Spec.Heads + Head) * Shape.Sequence + Position;

        public int[] Keys { get; } = [.. VisibleKeys(Shape.Spec, Position, Shape.Sequence)];

        public int At(int d) => (Row(Position) * Spec.Heads + Head) * HeadDim + d;

        public int At(int key, int d) => (Row(key) * Spec.KeyValueHeads + Head / (Spec.Heads / Spec.KeyValueHeads)) * HeadDim + d;

        public double Score(double[] q, double[] k, int key)
        {
            double score = 0;
            for (int d = 0; d < HeadDim; d++) score += q[At(d)] * k[At(key, d)];
            return score * Spec.Scale;
        }

        public double Mask(Attention attention, RunState run, int key) =>
            attention.Dropout == 0 ? 1 : run.Mask(attention.Site, (long)Index * Shape.Sequence + key, attention.Dropout);

        private int Row(int position) => Sequence * Shape.Sequence + position;
    }
}
