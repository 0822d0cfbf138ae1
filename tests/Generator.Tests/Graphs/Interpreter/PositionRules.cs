using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class PositionRules
{
    public static double[][] BiasForward(RelativeBias bias, Operands operands)
    {
        Shape shape = bias.Distances.Shape;
        double[] table = operands[0], distances = Operands.Zeros(shape);
        for (int i = 0; i < distances.Length; i++) distances[i] = table[Entry(bias, i)];
        return [distances];
    }

    public static double[][] BiasGradient(RelativeBiasGradient gradient, Operands operands)
    {
        double[] dDistances = operands[0], dTable = [.. operands.OrZeros(1, gradient.Outputs[0].Shape)];
        for (int i = 0; i < dDistances.Length; i++) dTable[Entry(gradient.Forward, i)] += dDistances[i];
        return [dTable];
    }

    /// <summary>The slope of a head by the recursion of Press et al.'s own code.</summary>
    public static double Slope(int heads, int head)
    {
        double log = Math.Log2(heads);
        if (log == Math.Floor(log)) return Math.Pow(Math.Pow(2, -Math.Pow(2, 3 - log)), head + 1);
        int power = (int)Math.Pow(2, Math.Floor(log));
        return head < power ? Slope(power, head) : Slope(2 * power, 2 * (head - power));
    }

    /// <summary>The element of table[buckets, heads] for an element of the distances.</summary>
    private static int Entry(RelativeBias bias, int index)
    {
        Shape shape = bias.Distances.Shape;
        int distance = index % shape.Columns + 1 - bias.Length, buckets = bias.Inputs[0]!.Shape.Rows, first = 0;
        if (bias.Direction == BucketDirection.Bidirectional)
        {
            buckets /= 2;
            if (distance > 0) first = buckets;
            distance = Math.Abs(distance);
        }
        else
        {
            distance = Math.Max(0, -distance);
        }
        int exact = buckets / 2;
        int bucket = distance < exact
            ? distance
            : Math.Min(buckets - 1, exact + (int)(Math.Log((double)distance / exact) / Math.Log((double)bias.MaxDistance / exact) * (buckets - exact)));
        return (first + bucket) * shape.Rows + index / shape.Columns;
    }
}
