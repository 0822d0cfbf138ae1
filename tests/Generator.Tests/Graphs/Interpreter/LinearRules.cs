using System.Numerics.Tensors;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class LinearRules
{
    public static double[][] Forward(Linear linear, Operands operands)
    {
        Shape shape = linear.Y.Shape;
        Precision precision = operands.Shape(0).Rows > FactorRounding.FewRows ? operands.Run.Precision : Precision.Float32;
        double[] x = FactorRounding.Of(operands[0], precision), weight = FactorRounding.Of(operands[1], precision);
        double[] bias = operands.OrZeros(2, new Shape(shape.Columns)), addend = operands.OrZeros(3, shape);
        double[] y = Operands.Zeros(shape);
        int inputs = operands.Shape(0).Columns, outputs = shape.Columns;
        for (int r = 0; r < operands.Rows(shape); r++)
        {
            for (int n = 0; n < outputs; n++)
            {
                double sum = bias[n] + TensorPrimitives.Dot<double>(x.AsSpan(r * inputs, inputs), weight.AsSpan(n * inputs, inputs));
                if (linear.Activation is { } activation) sum = ActivationRules.Value(activation, sum);
                y[r * outputs + n] = sum + addend[r * outputs + n];
            }
        }
        return [y];
    }

    public static double[][] InputGradient(LinearInputGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        Precision precision = operands.Run.Precision;
        double[] dy = FactorRounding.Of(operands[0], precision), weight = FactorRounding.Of(operands[1], precision), dx = [.. operands.OrZeros(2, shape)];
        int inputs = shape.Columns, outputs = operands.Shape(0).Columns;
        for (int r = 0; r < shape.Rows; r++)
        {
            Span<double> row = dx.AsSpan(r * inputs, inputs);
            for (int n = 0; n < outputs; n++) TensorPrimitives.MultiplyAdd(weight.AsSpan(n * inputs, inputs), dy[r * outputs + n], row, row);
        }
        return [dx];
    }

    public static double[][] WeightGradient(LinearWeightGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        Precision precision = operands.Run.Precision;
        double[] dy = FactorRounding.Of(operands[0], precision), x = FactorRounding.Of(operands[1], precision), dWeight = [.. operands.OrZeros(2, shape)];
        int inputs = shape.Columns, outputs = shape.Rows, padded = operands.Shape(1).Columns;
        for (int r = 0; r < operands.Rows(0); r++)
        {
            for (int n = 0; n < outputs; n++)
            {
                Span<double> row = dWeight.AsSpan(n * inputs, inputs);
                TensorPrimitives.MultiplyAdd(x.AsSpan(r * padded, inputs), dy[r * outputs + n], row, row);
            }
        }
        return [dWeight];
    }

    /// <summary>The values, padded, and rounded where products of bfloat16 read them; where they lie is the target's affair.</summary>
    public static double[][] PanelCopy(PanelCopy copy, Operands operands)
    {
        Shape shape = copy.Outputs[0].Shape;
        double[] x = operands.Run.Precision == Precision.BFloat16 ? FactorRounding.Of(operands[0], Precision.BFloat16) : operands[0], panels = Operands.Zeros(shape);
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
