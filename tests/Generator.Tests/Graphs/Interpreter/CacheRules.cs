using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>A cache is [slots, key/value heads, context, head dimension] here, whatever layout the run-time chose.</summary>
internal static class CacheRules
{
    public static double[][] Append(AppendToCache append, Operands operands)
    {
        double[] rows = operands[0], positions = operands[1], cache = [.. operands[2]];
        int heads = append.Shape.Spec.KeyValueHeads, headDim = KeyValueCache.HeadDim(append.Shape.Spec, append.Part);
        Shape shape = operands.Shape(2);
        for (int r = 0; r < operands.Rows(0); r++)
        {
            for (int i = 0; i < heads * headDim; i++)
            {
                int entry = Entry(shape, Slot(append.Shape, operands, r), i / headDim, (int)positions[r]);
                cache[entry + i % headDim] = rows[r * heads * headDim + i];
            }
        }
        return [cache];
    }

    public static double[][] Attend(CachedAttention attention, Operands operands)
    {
        Row[] rows = [.. Rows(attention.Shape, attention.Terms, attention.ContextLength, operands, positions: 3)];
        return [Outputs(attention.Outputs[0].Shape, attention.Shape.Spec, operands, rows)];
    }

    public static double[][] AttendToSource(CrossAttention attention, Operands operands) =>
        [Outputs(attention.Outputs[0].Shape, attention.Shape.Spec, operands, RowsOfSource(attention.Shape, operands, sourceMask: 3))];

    public static double[][] Weights(CachedAttentionWeights weights, Operands operands) =>
        [Weights(weights.Outputs[0].Shape, weights.ContextLength, Rows(weights.Shape, weights.Terms, weights.ContextLength, operands, positions: 2))];

    public static double[][] WeightsOfSource(CrossAttentionWeights weights, Operands operands) =>
        [Weights(weights.Outputs[0].Shape, weights.Shape.Keys, RowsOfSource(weights.Shape, operands, sourceMask: 2))];

    private static double[] Weights(Shape shape, int context, IEnumerable<Row> rows)
    {
        double[] weights = Operands.Zeros(shape);
        foreach (Row row in rows)
        {
            foreach ((int key, double share) in row.Shares) weights[row.Vector * context + key] = share;
        }
        return weights;
    }

    private static double[] Outputs(Shape shape, AttentionSpec spec, Operands operands, IEnumerable<Row> rows)
    {
        double[] values = operands[2], o = Operands.Zeros(shape);
        foreach (Row row in rows)
        {
            foreach ((int key, double share) in row.Shares)
            {
                int value = Entry(operands.Shape(2), row.Slot, row.KeyHead, key);
                for (int d = 0; d < spec.ValueHeadDim; d++) o[row.Vector * spec.ValueHeadDim + d] += share * values[value + d];
            }
        }
        return o;
    }

    /// <summary>Rows that see their slot's cache up to their positions; distances and scores follow the positions.</summary>
    private static IEnumerable<Row> Rows(AttentionShape attention, AttentionTerms terms, int context, Operands operands, int positions)
    {
        double[] at = operands[positions];
        int sequence = operands.Rows(0) / attention.Sequences, heads = attention.Spec.Heads, reach = AttentionTerms.Reach(terms.Distances);
        double[]? distances = terms.Distances is null ? null : operands[positions + 1], scores = terms.Scores is null ? null : operands[positions + 2];
        return Rows(attention, operands, Visible, Bias);

        IEnumerable<int> Visible(int row)
        {
            int length = (int)at[row / sequence * sequence + sequence - 1] + 1;
            return AttentionRules.VisibleKeys(attention.Spec, (int)at[row], length);
        }

        double Bias(int row, int head, int key)
        {
            double distance = distances is null ? 0 : distances[head * (2 * reach - 1) + reach - 1 + key - (int)at[row]];
            return distance + (scores is null ? 0 : scores[(row * heads + head) * context + key]);
        }
    }

    /// <summary>Rows that see what the mask of their slot leaves; the mask of a prefill has the row of its slot alone.</summary>
    private static IEnumerable<Row> RowsOfSource(AttentionShape attention, Operands operands, int sourceMask)
    {
        double[] mask = operands[sourceMask];
        int keys = attention.Keys, sequence = operands.Rows(0) / attention.Sequences;
        return Rows(attention, operands, row => Enumerable.Range(0, keys).Where(key => mask[row / sequence * keys + key] != 0), (_, _, _) => 0);
    }

    private static IEnumerable<Row> Rows(AttentionShape attention, Operands operands, Func<int, IEnumerable<int>> visibleKeys, Func<int, int, int, double> bias)
    {
        AttentionSpec spec = attention.Spec;
        for (int r = 0; r < operands.Rows(0); r++)
        {
            int slot = Slot(attention, operands, r);
            int[] visible = [.. visibleKeys(r)];
            for (int h = 0; h < spec.Heads; h++)
            {
                int keyHead = h / (spec.Heads / spec.KeyValueHeads), vector = r * spec.Heads + h;
                double[] weights = [.. visible.Select(key => Math.Exp(
                    spec.Scale * Dot(operands[0], vector * spec.HeadDim, operands[1], Entry(operands.Shape(1), slot, keyHead, key), spec.HeadDim) + bias(r, h, key)))];
                double sum = weights.Sum();
                (int, double)[] shares = [.. visible.Zip(weights).Where(pair => pair.Second > 0).Select(pair => (pair.First, pair.Second / sum))];
                yield return new Row(vector, slot, keyHead, shares);
            }
        }
    }

    /// <summary>Decoding has a slot a row; a prefill is all of the run's slot.</summary>
    private static int Slot(AttentionShape shape, Operands operands, int row) =>
        operands.Shape(0).IsBounded ? operands.Run.Slot : row / shape.Queries;

    private static int Entry(Shape cache, int slot, int head, int position) =>
        ((slot * cache[0] + head) * cache[1] + position) * cache[2];

    private static double Dot(double[] a, int aStart, double[] b, int bStart, int length)
    {
        double sum = 0;
        for (int i = 0; i < length; i++) sum += a[aStart + i] * b[bStart + i];
        return sum;
    }

    /// <summary>One row with one head: what it sees, with which probability.</summary>
    private sealed record Row(int Vector, int Slot, int KeyHead, (int Key, double Share)[] Shares);
}
