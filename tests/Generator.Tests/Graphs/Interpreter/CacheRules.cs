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
        double[] positions = operands[3];
        int sequence = operands.Rows(0) / attention.Shape.Sequences, context = attention.ContextLength, heads = attention.Shape.Spec.Heads;
        double[]? distances = attention.Terms.Distances is null ? null : operands[4], scores = attention.Terms.Scores is null ? null : operands[5];
        return Attend(attention.Shape, attention.Outputs[0].Shape, operands, Visible, Bias);

        IEnumerable<int> Visible(int row)
        {
            int length = (int)positions[row / sequence * sequence + sequence - 1] + 1;
            return AttentionRules.VisibleKeys(attention.Shape.Spec, (int)positions[row], length);
        }

        double Bias(int row, int head, int key)
        {
            int reach = AttentionTerms.Reach(attention.Terms.Distances);
            double distance = distances is null ? 0 : distances[head * (2 * reach - 1) + reach - 1 + key - (int)positions[row]];
            return distance + (scores is null ? 0 : scores[(row * heads + head) * context + key]);
        }
    }

    /// <summary>The mask of a prefill has the row of its slot alone.</summary>
    public static double[][] AttendToSource(CrossAttention attention, Operands operands)
    {
        double[] mask = operands[3];
        int keys = attention.Shape.Keys, sequence = operands.Rows(0) / attention.Shape.Sequences;
        return Attend(
            attention.Shape, attention.Outputs[0].Shape, operands,
            row => Enumerable.Range(0, keys).Where(key => mask[row / sequence * keys + key] != 0), (_, _, _) => 0);
    }

    private static double[][] Attend(
        AttentionShape attention, Shape output, Operands operands, Func<int, IEnumerable<int>> visibleKeys, Func<int, int, int, double> bias)
    {
        double[] q = operands[0], keys = operands[1], values = operands[2], o = Operands.Zeros(output);
        AttentionSpec spec = attention.Spec;
        for (int r = 0; r < operands.Rows(0); r++)
        {
            int slot = Slot(attention, operands, r);
            int[] visible = [.. visibleKeys(r)];
            for (int h = 0; h < spec.Heads; h++)
            {
                int keyHead = h / (spec.Heads / spec.KeyValueHeads);
                int query = (r * spec.Heads + h) * spec.HeadDim, result = (r * spec.Heads + h) * spec.ValueHeadDim;
                double[] weights =
                    [.. visible.Select(key => Math.Exp(spec.Scale * Dot(q, query, keys, Entry(operands.Shape(1), slot, keyHead, key), spec.HeadDim) + bias(r, h, key)))];
                double sum = weights.Sum();
                for (int i = 0; i < visible.Length && sum > 0; i++)
                {
                    int value = Entry(operands.Shape(2), slot, keyHead, visible[i]);
                    for (int d = 0; d < spec.ValueHeadDim; d++) o[result + d] += weights[i] / sum * values[value + d];
                }
            }
        }
        return [o];
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
}
