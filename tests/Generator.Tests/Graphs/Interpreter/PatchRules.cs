using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class PatchRules
{
    public static double[][] Forward(Patches patches, Operands operands)
    {
        Shape shape = operands.Shape(0);
        double[] pixels = operands[0], y = Operands.Zeros(patches.Y.Shape);
        int size = patches.PatchSize, down = shape[2] / size, across = shape[3] / size;
        for (int i = 0; i < y.Length; i++)
        {
            int row = i / patches.Y.Shape.Columns, element = i % patches.Y.Shape.Columns;
            int image = row / (down * across), channel = element / (size * size);
            int pixelRow = row / across % down * size + element / size % size, pixelColumn = row % across * size + element % size;
            y[i] = pixels[((image * shape[1] + channel) * shape[2] + pixelRow) * shape[3] + pixelColumn];
        }
        return [y];
    }

    public static double[][] Prepend(PrependToken prepend, Operands operands)
    {
        double[] x = operands[0], token = operands[1], y = Operands.Zeros(prepend.Y.Shape);
        int columns = token.Length, length = prepend.Y.Shape.Rows / prepend.Sequences;
        for (int i = 0; i < y.Length; i++)
        {
            int row = i / columns;
            y[i] = row % length == 0 ? token[i % columns] : x[i - (row / length + 1) * columns];
        }
        return [y];
    }

    public static double[][] InputGradient(PrependTokenInputGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        double[] dy = operands[0], dx = [.. operands.OrZeros(1, shape)];
        int length = shape.Rows / gradient.Sequences;
        for (int i = 0; i < dx.Length; i++) dx[i] += dy[i + (i / shape.Columns / length + 1) * shape.Columns];
        return [dx];
    }

    public static double[][] ParameterGradient(PrependTokenParameterGradient gradient, Operands operands)
    {
        double[] dy = operands[0], dToken = [.. operands.OrZeros(1, gradient.Outputs[0].Shape)];
        int stride = dy.Length / gradient.Sequences;
        for (int i = 0; i < dy.Length; i += stride)
        {
            for (int c = 0; c < dToken.Length; c++) dToken[c] += dy[i + c];
        }
        return [dToken];
    }
}
