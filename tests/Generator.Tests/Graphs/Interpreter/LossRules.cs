using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class LossRules
{
    private const double Ignored = -100;

    public static double[][] CrossEntropy(SoftmaxCrossEntropy operation, Operands operands)
    {
        double[] logits = operands[0], targets = operands[1], logNormalizers = LogNormalizers(operands);
        int classes = operands.Shape(0).Columns;
        double[]? weights = operation.Options.ClassWeights is null ? null : operands[2];
        double[] losses = new double[operands.Shape(0).Rows];
        for (int i = 0; i < operands.Rows(0) * classes; i++)
        {
            int row = i / classes;
            if (targets[row] == Ignored) continue;
            double share = Share(operation.Options.LabelSmoothing, weights, targets[row], i % classes, classes);
            losses[row] += share * (logNormalizers[row] - logits[i]);
        }
        return [[losses.Sum() / TargetWeight(weights, targets, operands.Rows(0))], losses, logNormalizers];
    }

    public static double[][] CrossEntropyGradient(SoftmaxCrossEntropyGradient operation, Operands operands)
    {
        double[] logits = operands[0], targets = operands[1], logNormalizers = operands[2];
        int classes = operands.Shape(0).Columns;
        double[]? weights = operation.Options.ClassWeights is null ? null : operands[3];
        double smoothing = operation.Options.LabelSmoothing, weight = TargetWeight(weights, targets, operands.Rows(0));
        double[] all = [.. targets.Select(target => Enumerable.Range(0, classes).Sum(c => Share(smoothing, weights, target, c, classes)))];
        return
        [
            operands.Map(0, i =>
            {
                double target = targets[i / classes];
                if (target == Ignored) return 0;
                return (all[i / classes] * Math.Exp(logits[i] - logNormalizers[i / classes]) - Share(smoothing, weights, target, i % classes, classes)) / weight;
            }),
        ];
    }

    public static double[][] SoftTargets(Operands operands)
    {
        double[] logits = operands[0], targets = operands[1], logNormalizers = LogNormalizers(operands);
        int classes = operands.Shape(0).Columns;
        double[] losses = new double[operands.Shape(0).Rows], sums = new double[operands.Shape(0).Rows];
        for (int i = 0; i < operands.Rows(0) * classes; i++) sums[i / classes] += targets[i];
        for (int i = 0; i < operands.Rows(0) * classes; i++)
        {
            if (!double.IsNaN(sums[i / classes])) losses[i / classes] += targets[i] * (logNormalizers[i / classes] - logits[i]);
        }
        return [[losses.Sum() / Math.Max(1, Counted(sums, operands.Rows(0)))], losses, logNormalizers, sums];
    }

    public static double[][] SoftTargetsGradient(Operands operands)
    {
        double[] logits = operands[0], targets = operands[1], logNormalizers = operands[2], sums = operands[3];
        int classes = operands.Shape(0).Columns, counted = Math.Max(1, Counted(sums, operands.Rows(0)));
        return
        [
            operands.Map(0, i =>
            {
                double sum = sums[i / classes];
                return double.IsNaN(sum) ? 0 : (sum * Math.Exp(logits[i] - logNormalizers[i / classes]) - targets[i]) / counted;
            }),
        ];
    }

    /// <summary>The mean of a function of prediction and target.</summary>
    public static double[][] Elements(Operands operands, Func<double, double, double> loss)
    {
        double[] x = operands[0], targets = operands[1];
        int columns = operands.Shape(0).Columns;
        double[] losses = new double[operands.Shape(0).Rows], counts = new double[operands.Shape(0).Rows];
        for (int i = 0; i < operands.Rows(0) * columns; i++)
        {
            if (double.IsNaN(targets[i])) continue;
            losses[i / columns] += loss(x[i], targets[i]);
            counts[i / columns]++;
        }
        return [[losses.Sum() / Math.Max(1, counts.Sum())], losses, counts];
    }

    public static double[][] ElementsGradient(Operands operands, Func<double, double, double> derivative)
    {
        double[] x = operands[0], targets = operands[1], counts = operands[2];
        double count = Math.Max(1, counts.Take(operands.Rows(0)).Sum());
        return [operands.Map(0, i => double.IsNaN(targets[i]) ? 0 : derivative(x[i], targets[i]) / count)];
    }

    public static double BinaryCrossEntropy(double x, double target) => -target * Math.Log(Sigmoid(x)) - (1 - target) * Math.Log(1 - Sigmoid(x));

    public static double BinaryCrossEntropyDerivative(double x, double target) => Sigmoid(x) - target;

    public static double SquaredError(double x, double target) => (x - target) * (x - target);

    public static double SquaredErrorDerivative(double x, double target) => 2 * (x - target);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double[] LogNormalizers(Operands operands)
    {
        Shape shape = operands.Shape(0);
        double[] logits = operands[0], logNormalizers = new double[shape.Rows];
        for (int r = 0; r < operands.Rows(0); r++)
        {
            double sum = 0;
            foreach (double logit in logits.AsSpan(r * shape.Columns, shape.Columns)) sum += Math.Exp(logit);
            logNormalizers[r] = Math.Log(sum);
        }
        return logNormalizers;
    }

    /// <summary>How much of a class's surprise is in the loss of a row: the smoothed target times the class's weight.</summary>
    private static double Share(double smoothing, double[]? weights, double target, int column, int classes)
    {
        double smoothed = smoothing / classes + (target == column ? 1 - smoothing : 0);
        return smoothed * (weights?[column] ?? 1);
    }

    private static double TargetWeight(double[]? weights, double[] targets, int rows)
    {
        double weight = targets.Take(rows).Where(target => target != Ignored).Sum(target => weights?[(int)target] ?? 1);
        return weight == 0 ? 1 : weight;
    }

    private static int Counted(double[] sums, int rows) => sums.Take(rows).Count(sum => !double.IsNaN(sum));
}
