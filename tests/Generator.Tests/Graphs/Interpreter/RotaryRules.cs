using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Interpreter;

internal static class RotaryRules
{
    /// <param name="direction">1 forward, −1 for the gradient.</param>
    public static double[][] Rotate(Operation rotation, int heads, PositionSpec position, int direction, Operands operands)
    {
        Shape shape = rotation.Outputs[0].Shape;
        double[] x = operands[0], positions = operands[1], cosines = operands[2], sines = operands[3], y = [.. x];
        int headDim = shape.Columns / heads, pairs = position.RotaryDim / 2;
        for (int r = 0; r < operands.Rows(shape); r++)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < pairs; i++)
                {
                    int head = r * shape.Columns + h * headDim, entry = (int)positions[r] * pairs + i;
                    int first = head + (position.Layout == PairLayout.Halves ? i : 2 * i);
                    int second = head + (position.Layout == PairLayout.Halves ? i + pairs : 2 * i + 1);
                    double sine = direction * sines[entry];
                    y[first] = x[first] * cosines[entry] - x[second] * sine;
                    y[second] = x[second] * cosines[entry] + x[first] * sine;
                }
            }
        }
        return [y];
    }
}
