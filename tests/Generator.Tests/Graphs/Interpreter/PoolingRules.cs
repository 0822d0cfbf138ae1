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

    public static double[][] Normalize(Operands operands)
    {
        double[] x = operands[0];
        int columns = operands.Shape(0).Columns;
        return [operands.Map(0, i => x[i] / Length(x, i / columns, columns))];
    }

    public static double[][] NormalizeGradient(Operands operands)
    {
        double[] dy = operands[0], x = operands[1], addend = operands.OrZeros(2, operands.Shape(1));
        int columns = operands.Shape(1).Columns;
        return
        [
            operands.Map(1, i =>
            {
                double length = Length(x, i / columns, columns), along = 0;
                for (int j = i / columns * columns; j < (i / columns + 1) * columns; j++) along += x[j] * dy[j];
                bool isLong = length > NormalizeRows.Epsilon;
                return (dy[i] - (isLong ? x[i] * along / (length * length) : 0)) / length + addend[i];
            }),
        ];
    }

    private static double Length(double[] x, int row, int columns) =>
        Math.Max(NormalizeRows.Epsilon, Math.Sqrt(x.Skip(row * columns).Take(columns).Sum(v => v * v)));

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
