using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class ActivationRules
{
    private const double Cubic = 0.044715;
    private static readonly double s_rootOfTwoOverPi = Math.Sqrt(2 / Math.PI);

    public static double[][] Forward(Activate activate, Operands operands)
    {
        double[] x = operands[0];
        return [operands.Map(0, i => Value(activate.Activation, x[i]))];
    }

    public static double[][] Gradient(ActivateGradient gradient, Operands operands)
    {
        double[] x = operands[0], dy = operands[1];
        return [operands.Map(0, i => Derivative(gradient.Activation, x[i]) * dy[i])];
    }

    public static double[][] GatedForward(GatedActivate gated, Operands operands)
    {
        double[] gate = operands[0], up = operands[1];
        return [operands.Map(0, i => Value(gated.Activation, gate[i]) * up[i])];
    }

    public static double[][] GatedGradient(GatedActivateGradient gradient, Operands operands)
    {
        double[] gate = operands[0], up = operands[1], dy = operands[2];
        return
        [
            operands.Map(0, i => Derivative(gradient.Activation, gate[i]) * up[i] * dy[i]),
            operands.Map(0, i => Value(gradient.Activation, gate[i]) * dy[i]),
        ];
    }

    public static double Value(Activation activation, double x) => activation switch
    {
        Activation.Relu => Math.Max(x, 0),
        Activation.Gelu => x * NormalDistribution(x),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(s_rootOfTwoOverPi * (x + Cubic * x * x * x))),
        Activation.Silu => x * Sigmoid(x),
        Activation.Tanh => Math.Tanh(x),
        _ => throw new NotSupportedException($"{activation}"),
    };

    private static double Derivative(Activation activation, double x)
    {
        switch (activation)
        {
            case Activation.Relu:
                return x > 0 ? 1 : 0;
            case Activation.Gelu:
                return NormalDistribution(x) + x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
            case Activation.GeluTanh:
                double tanh = Math.Tanh(s_rootOfTwoOverPi * (x + Cubic * x * x * x));
                return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * s_rootOfTwoOverPi * (1 + 3 * Cubic * x * x);
            case Activation.Silu:
                double sigmoid = Sigmoid(x);
                return sigmoid * (1 + x * (1 - sigmoid));
            case Activation.Tanh:
                return 1 - Math.Tanh(x) * Math.Tanh(x);
            default:
                throw new NotSupportedException($"{activation}");
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double NormalDistribution(double x) => 0.5 * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>erf(x) = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, a series of one sign (Abramowitz and Stegun, 7.1.6).</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6) return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
