using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>Norms work on groups of as many elements as the weight has; statistics have one value a group.</summary>
internal static class NormRules
{
    public static double[][] LayerNormForward(LayerNorm norm, Operands operands)
    {
        double[] x = operands[0], weight = operands[1], bias = operands[2];
        int width = weight.Length;
        double[] mean = new double[norm.Mean.Shape.Elements], reciprocal = new double[mean.Length];
        for (int g = 0; g < mean.Length; g++)
        {
            double[] group = x.AsSpan(g * width, width).ToArray();
            mean[g] = group.Average();
            reciprocal[g] = 1 / Math.Sqrt(group.Average(v => (v - mean[g]) * (v - mean[g])) + norm.Epsilon);
        }
        double[] y = operands.Map(0, i => (x[i] - mean[i / width]) * reciprocal[i / width] * weight[i % width] + bias[i % width]);
        return [y, mean, reciprocal];
    }

    public static double[][] LayerNormInputGradient(Operands operands)
    {
        double[] dy = operands[0], x = operands[1], weight = operands[2], mean = operands[3], reciprocal = operands[4];
        double[] addend = operands.OrZeros(5, operands.Shape(1));
        int width = weight.Length;
        double Normalised(int i) => (x[i] - mean[i / width]) * reciprocal[i / width];
        return [InputGradient(operands, dy, weight, reciprocal, addend, Normalised, isCentred: true)];
    }

    public static double[][] LayerNormParameterGradient(LayerNormParameterGradient gradient, Operands operands)
    {
        double[] dy = operands[0], x = operands[1], mean = operands[2], reciprocal = operands[3];
        double[] dWeight = [.. operands.OrZeros(4, gradient.Outputs[0].Shape)], dBias = [.. operands.OrZeros(5, gradient.Outputs[1].Shape)];
        int width = dWeight.Length;
        for (int i = 0; i < x.Length; i++)
        {
            dWeight[i % width] += dy[i] * (x[i] - mean[i / width]) * reciprocal[i / width];
            dBias[i % width] += dy[i];
        }
        return [dWeight, dBias];
    }

    public static double[][] RmsNormForward(RmsNorm norm, Operands operands)
    {
        double[] x = operands[0], weight = operands[1];
        int width = weight.Length;
        double[] reciprocal = new double[norm.ReciprocalRms.Shape.Elements];
        for (int g = 0; g < reciprocal.Length; g++)
            reciprocal[g] = 1 / Math.Sqrt(x.AsSpan(g * width, width).ToArray().Average(v => v * v) + norm.Epsilon);
        return [operands.Map(0, i => x[i] * reciprocal[i / width] * (weight[i % width] + norm.WeightOffset)), reciprocal];
    }

    public static double[][] RmsNormInputGradient(RmsNormInputGradient gradient, Operands operands)
    {
        double[] dy = operands[0], x = operands[1], reciprocal = operands[3];
        double[] weight = [.. operands[2].Select(w => w + gradient.WeightOffset)];
        double[] addend = operands.OrZeros(4, operands.Shape(1));
        return [InputGradient(operands, dy, weight, reciprocal, addend, i => x[i] * reciprocal[i / weight.Length], isCentred: false)];
    }

    public static double[][] RmsNormParameterGradient(RmsNormParameterGradient gradient, Operands operands)
    {
        double[] dy = operands[0], x = operands[1], reciprocal = operands[2];
        double[] dWeight = [.. operands.OrZeros(3, gradient.Outputs[0].Shape)];
        int width = dWeight.Length;
        for (int i = 0; i < x.Length; i++) dWeight[i % width] += dy[i] * x[i] * reciprocal[i / width];
        return [dWeight];
    }

    private static double[] InputGradient(
        Operands operands, double[] dy, double[] weight, double[] reciprocal, double[] addend, Func<int, double> normalised, bool isCentred)
    {
        int width = weight.Length;
        return operands.Map(1, i =>
        {
            int start = i / width * width;
            double mean = 0, product = 0;
            for (int j = start; j < start + width; j++)
            {
                double g = dy[j] * weight[j % width];
                if (isCentred) mean += g / width;
                product += g * normalised(j) / width;
            }
            return (dy[i] * weight[i % width] - mean - normalised(i) * product) * reciprocal[i / width] + addend[i];
        });
    }
}
