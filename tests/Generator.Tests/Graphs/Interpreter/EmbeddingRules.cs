using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class EmbeddingRules
{
    public static double[][] Forward(Embedding embedding, Operands operands)
    {
        Shape shape = embedding.Y.Shape;
        double[] indices = operands[0], table = operands[1], addend = operands.OrZeros(2, shape), y = Operands.Zeros(shape);
        for (int i = 0; i < operands.Rows(shape) * shape.Columns; i++)
            y[i] = embedding.Scale * table[(embedding.FirstRow + (int)indices[i / shape.Columns]) * shape.Columns + i % shape.Columns] + addend[i];
        return [y];
    }

    public static double[][] Gradient(EmbeddingGradient gradient, Operands operands)
    {
        Shape shape = gradient.Outputs[0].Shape;
        double[] indices = operands[0], dy = operands[1], dTable = [.. operands.OrZeros(2, shape)];
        for (int i = 0; i < dy.Length; i++)
        {
            if ((int)indices[i / shape.Columns] == gradient.Untrained) continue;
            dTable[(gradient.FirstRow + (int)indices[i / shape.Columns]) * shape.Columns + i % shape.Columns] += gradient.Scale * dy[i];
        }
        return [dTable];
    }
}
