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
        AttentionSpec spec = append.Shape.Spec;
        Shape shape = operands.Shape(2);
        for (int r = 0; r < operands.Rows(0); r++)
        {
            for (int i = 0; i < spec.KeyValueHeads * spec.HeadDim; i++)
            {
                int entry = Entry(shape, Slot(append.Shape, operands, r), i / spec.HeadDim, (int)positions[r]);
                cache[entry + i % spec.HeadDim] = rows[r * spec.KeyValueHeads * spec.HeadDim + i];
            }
        }
        return [cache];
    }

    public static double[][] Attend(CachedAttention attention, Operands operands)
    {
        double[] q = operands[0], keys = operands[1], values = operands[2], positions = operands[3], o = new double[q.Length];
        AttentionSpec spec = attention.Shape.Spec;
        Shape shape = operands.Shape(1);
        int sequence = operands.Rows(0) / attention.Shape.Sequences;
        for (int r = 0; r < operands.Rows(0); r++)
        {
            int slot = Slot(attention.Shape, operands, r), length = (int)positions[r / sequence * sequence + sequence - 1] + 1;
            int[] visible = [.. AttentionRules.VisibleKeys(spec, (int)positions[r], length)];
            for (int h = 0; h < spec.Heads; h++)
            {
                int query = (r * spec.Heads + h) * spec.HeadDim;
                int[] entries = [.. visible.Select(key => Entry(shape, slot, h / (spec.Heads / spec.KeyValueHeads), key))];
                double[] weights = [.. entries.Select(entry => Math.Exp(spec.Scale * Dot(q, query, keys, entry, spec.HeadDim)))];
                double sum = weights.Sum();
                for (int i = 0; i < entries.Length; i++)
                {
                    for (int d = 0; d < spec.HeadDim; d++) o[query + d] += weights[i] / sum * values[entries[i] + d];
                }
            }
        }
        return [o];
    }

    /// <summary>Decoding has a slot a row; a prefill is all of the run's slot.</summary>
    private static int Slot(AttentionShape shape, Operands operands, int row) =>
        operands.Shape(0).IsBounded ? operands.Run.Slot : row / shape.Sequence;

    private static int Entry(Shape cache, int slot, int head, int position) =>
        ((slot * cache[0] + head) * cache[1] + position) * cache[2];

    private static double Dot(double[] a, int aStart, double[] b, int bStart, int length)
    {
        double sum = 0;
        for (int i = 0; i < length; i++) sum += a[aStart + i] * b[bStart + i];
        return sum;
    }
}
