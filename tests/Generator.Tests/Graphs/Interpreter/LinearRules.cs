using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class LinearRules
{
    public static double[][] Forward(Linear linear, Operands operands)
    {
        Shape shape = linear.Y.Shape;
        double[] x = operands[0], weight = operands[1], bias = operands.OrZeros(2, new Shape(shape.Columns)), addend = operands.OrZeros(3, shape);
        double[] y = Operands.Zeros(shape);
        int inputs = operands.Shape(0).Columns, outputs = shape.Columns;
        for (int r = 0; r < operands.Rows(shape); r++)
        {
            for (int n = 0; n < outputs; n++)
            {
                double sum = bias[n];
                for (int k = 0; k < inputs; k++) sum += x[r * inputs + k] * weight[n * inputs + k];
                if (linear.Activation is { } activation) sum = ActivationRules.Value(activation, sum);
                y[r * outputs + n] = sum + addend[r * outputs + n];
            }
        }
        return [y];
    }

    public static double[][] InputGradient(LinearInputGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        double[] dy = operands[0], weight = operands[1], dx = [.. operands.OrZeros(2, shape)];
        int inputs = shape.Columns, outputs = operands.Shape(0).Columns;
        for (int r = 0; r < shape.Rows; r++)
        {
            for (int n = 0; n < outputs; n++)
            {
                for (int k = 0; k < inputs; k++) dx[r * inputs + k] += dy[r * outputs + n] * weight[n * inputs + k];
            }
        }
        return [dx];
    }

    public static double[][] WeightGradient(LinearWeightGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        double[] dy = operands[0], x = operands[1], dWeight = [.. operands.OrZeros(2, shape)];
        int inputs = shape.Columns, outputs = shape.Rows, padded = operands.Shape(1).Columns;
        for (int r = 0; r < operands.Rows(0); r++)
        {
            for (int n = 0; n < outputs; n++)
            {
                for (int k = 0; k < inputs; k++) dWeight[n * inputs + k] += dy[r * outputs + n] * x[r * padded + k];
            }
        }
        return [dWeight];
    }

    /// <summary>The values, padded; where they lie is the target's affair.</summary>
    public static double[][] PanelCopy(PanelCopy copy, Operands operands)
    {
        Shape shape = copy.Outputs[0].Shape;
        double[] x = operands[0], panels = Operands.Zeros(shape);
        int columns = operands.Shape(0).Columns;
        for (int i = 0; i < operands.Rows(0) * columns; i++) panels[i / columns * shape.Columns + i % columns] = x[i];
        return [panels];
    }

    public static double[][] BiasGradient(LinearBiasGradient gradient, Operands operands)
    {
        double[] dy = operands[0], dBias = [.. operands.OrZeros(1, gradient.Outputs[0].Shape)];
        for (int i = 0; i < dy.Length; i++) dBias[i % dBias.Length] += dy[i];
        return [dBias];
    }
}
