using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class ElementwiseRules
{
    public static double[][] Add(Operands operands)
    {
        double[] a = operands[0], b = operands.OrZeros(1, operands.Shape(0));
        return [operands.Map(0, i => a[i] + b[i])];
    }

    public static double[][] ScaleBy(ScaleBy scale, Operands operands)
    {
        double[] x = operands[0], addend = operands.OrZeros(1, operands.Shape(0));
        return [operands.Map(0, i => scale.Factor * x[i] + addend[i])];
    }

    public static double[][] ScaleRows(Operands operands)
    {
        double[] x = operands[0], factors = operands[1];
        int columns = operands.Shape(0).Columns;
        return [operands.Map(0, i => x[i] * factors[i / columns])];
    }

    public static double[][] Concatenate(Operands operands)
    {
        double[] a = operands[0], b = operands[1];
        int first = operands.Shape(0).Columns, second = operands.Shape(1).Columns;
        IEnumerable<double> Row(int row) => a.Skip(row * first).Take(first).Concat(b.Skip(row * second).Take(second));
        return [[.. Enumerable.Range(0, operands.Shape(0).Rows).SelectMany(Row)]];
    }

    public static double[][] ConcatenateGradient(ConcatenateGradient gradient, Operands operands)
    {
        double[] dy = operands[0];
        int first = gradient.Outputs[0].Shape.Columns, both = operands.Shape(0).Columns;
        return [[.. dy.Where((_, i) => i % both < first)], [.. dy.Where((_, i) => i % both >= first)]];
    }

    public static double[][] Copy(Operands operands)
    {
        double[] x = operands[0];
        return [operands.Map(0, i => x[i])];
    }

    public static double[][] SelectRow(Operands operands)
    {
        int columns = operands.Shape(0).Columns;
        return [operands[0].AsSpan(operands.Run.Row * columns, columns).ToArray()];
    }

    /// <summary>Operands are pairs of a value and its weights.</summary>
    public static double[][] WeightedSum(Operands operands)
    {
        double sum = 0;
        for (int pair = 0; pair < operands.Count; pair += 2)
        {
            double[] x = operands[pair], weights = operands[pair + 1];
            for (int i = 0; i < x.Length; i++) sum += x[i] * weights[i];
        }
        return [[sum]];
    }
}
