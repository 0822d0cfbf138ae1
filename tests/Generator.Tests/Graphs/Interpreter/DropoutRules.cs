using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

internal static class DropoutRules
{
    public static double[][] Apply(Dropout dropout, Operands operands)
    {
        double[] x = operands[0], addend = operands.OrZeros(1, operands.Shape(0));
        return [operands.Map(0, i => x[i] * operands.Run.Mask(dropout.Site, i, dropout.Rate) + addend[i])];
    }
}
