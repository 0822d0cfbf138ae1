using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class PoolingRules
{
    public static double[][] Forward(Pool pool, Operands operands)
    {
        double[] x = operands[0], y = Operands.Zeros(pool.Y.Shape);
        int columns = operands.Shape(0).Columns;
        foreach ((int sequence, int[] rows) in VisibleRows(pool, pool.Sequences, operands.Rows(0), mask: 1, operands))
        {
            if (rows.Length == 0) continue;
            for (int c = 0; c < columns; c++)
            {
                y[sequence * columns + c] = pool.Kind switch
                {
                    PoolingKind.First => x[rows[0] * columns + c],
                    PoolingKind.Mean => rows.Average(row => x[row * columns + c]),
                    _ => rows.Max(row => x[row * columns + c]),
                };
            }
        }
        return [y];
    }

    public static double[][] Gradient(PoolGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        double[] dy = operands[0], dx = Operands.Zeros(shape);
        int columns = shape.Columns;
        foreach ((int sequence, int[] rows) in VisibleRows(gradient, gradient.Sequences, operands.Rows(shape), mask: 1, operands))
        {
            if (rows.Length == 0) continue;
            for (int c = 0; c < columns; c++)
            {
                double value = dy[sequence * columns + c];
                switch (gradient.Kind)
                {
                    case PoolingKind.First:
                        dx[rows[0] * columns + c] = value;
                        break;
                    case PoolingKind.Mean:
                        foreach (int row in rows) dx[row * columns + c] = value / rows.Length;
                        break;
                    default:
                        dx[rows.MaxBy(row => operands[2][row * columns + c]) * columns + c] = value;
                        break;
                }
            }
        }
        return [dx];
    }

    public static double[][] SpanForward(SpanLogits span, Operands operands)
    {
        double[] x = operands[0], y = Operands.Zeros(span.Y.Shape);
        int rows = operands.Rows(0);
        for (int row = 0; row < rows; row++) (y[row], y[rows + row]) = (x[2 * row], x[2 * row + 1]);
        return [y];
    }

    public static double[][] SpanGradient(SpanLogitsGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        double[] dy = operands[0], dx = Operands.Zeros(shape);
        int rows = operands.Rows(shape);
        for (int row = 0; row < rows; row++) (dx[2 * row], dx[2 * row + 1]) = (dy[row], dy[rows + row]);
        return [dx];
    }

    private static IEnumerable<(int Sequence, int[] Rows)> VisibleRows(Operation operation, int sequences, int rows, int mask, Operands operands)
    {
        int length = rows / sequences;
        double[]? visible = operation.Inputs[mask] is null ? null : operands[mask];
        return Enumerable.Range(0, sequences).Select(sequence =>
            (sequence, Enumerable.Range(sequence * length, length).Where(row => visible is null || visible[row] != 0).ToArray()));
    }
}
