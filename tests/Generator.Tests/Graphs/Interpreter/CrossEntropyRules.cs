using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Interpreter;

internal static class CrossEntropyRules
{
    private const double Ignored = -100;

    public static double[][] Forward(Operands operands)
    {
        double[] logits = operands[0], targets = operands[1];
        Shape shape = operands.Shape(0);
        double[] losses = new double[shape.Rows], logNormalizers = new double[shape.Rows];
        for (int r = 0; r < shape.Rows; r++)
        {
            ReadOnlySpan<double> row = logits.AsSpan(r * shape.Columns, shape.Columns);
            double sum = 0;
            foreach (double logit in row) sum += Math.Exp(logit);
            logNormalizers[r] = Math.Log(sum);
            if (targets[r] != Ignored) losses[r] = logNormalizers[r] - row[(int)targets[r]];
        }
        return [[losses.Sum() / Count(targets)], losses, logNormalizers];
    }

    public static double[][] Gradient(Operands operands)
    {
        double[] logits = operands[0], targets = operands[1], logNormalizers = operands[2];
        int columns = operands.Shape(0).Columns;
        return
        [
            operands.Map(0, i =>
            {
                double target = targets[i / columns];
                if (target == Ignored) return 0;
                double probability = Math.Exp(logits[i] - logNormalizers[i / columns]);
                return (probability - (target == i % columns ? 1 : 0)) / Count(targets);
            }),
        ];
    }

    private static int Count(double[] targets) => Math.Max(1, targets.Count(target => target != Ignored));
}
