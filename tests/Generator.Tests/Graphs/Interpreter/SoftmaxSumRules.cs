using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class SoftmaxSumRules
{
    public static double[][] Forward(SoftmaxSum sum, Operands operands)
    {
        int count = sum.Layers.Count;
        double[] shares = Softmax(operands[count]);
        return [operands.Map(0, i => operands[count + 1][0] * Enumerable.Range(0, count).Sum(layer => shares[layer] * operands[layer][i]))];
    }

    public static double[][] InputGradient(SoftmaxSumInputGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        double[] dy = operands[0], addend = operands.OrZeros(3, shape);
        double factor = operands[2][0] * Softmax(operands[1])[gradient.Layer];
        return [operands.Map(0, i => factor * dy[i] + addend[i])];
    }

    /// <summary>Operands are dy, the layers, weights and γ, and the addends of those two.</summary>
    public static double[][] ParameterGradient(SoftmaxSumParameterGradient gradient, Operands operands)
    {
        int count = gradient.Forward.Layers.Count;
        double[] shares = Softmax(operands[count + 1]), dy = operands[0];
        double[] products = [.. Enumerable.Range(0, count).Select(layer => operands[layer + 1].Zip(dy, (x, d) => x * d).Sum())];
        double mean = products.Zip(shares, (product, share) => product * share).Sum(), gamma = operands[count + 2][0];
        double[] dWeights = [.. operands.OrZeros(count + 3, gradient.Outputs[0].Shape)], dGamma = [.. operands.OrZeros(count + 4, gradient.Outputs[1].Shape)];
        for (int layer = 0; layer < count; layer++) dWeights[layer] += gamma * shares[layer] * (products[layer] - mean);
        dGamma[0] += mean;
        return [dWeights, dGamma];
    }

    private static double[] Softmax(double[] weights)
    {
        double sum = weights.Sum(Math.Exp);
        return [.. weights.Select(w => Math.Exp(w) / sum)];
    }
}
