using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>The values of constant tables.</summary>
internal static class TableRules
{
    public static void Fill(TableSet tables, SsaValues values)
    {
        switch (tables)
        {
            case RotaryTables rotary:
                values.Set(rotary.Cosines, Values(rotary.Cosines.Shape, (position, pair) => Math.Cos(position * Frequency(rotary.Position, pair))));
                values.Set(rotary.Sines, Values(rotary.Sines.Shape, (position, pair) => Math.Sin(position * Frequency(rotary.Position, pair))));
                break;
            case SinusoidalTable sinusoidal:
                values.Set(sinusoidal.Values, Values(sinusoidal.Values.Shape, (position, column) => Sinusoid(sinusoidal, position, column)));
                break;
            case AlibiTable alibi:
                values.Set(alibi.Distances, Values(alibi.Distances.Shape, (head, i) => -PositionRules.Slope(alibi.Distances.Shape.Rows, head) * Math.Abs(i + 1 - alibi.Length)));
                break;
            case ClassWeightTable weights:
                values.Set(weights.Values, [.. weights.Weights.Select(weight => (double)weight)]);
                break;
            default:
                throw new NotSupportedException(tables.GetType().Name);
        }
    }

    private static double[] Values(Shape shape, Func<int, int, double> value)
    {
        double[] values = Operands.Zeros(shape);
        for (int i = 0; i < values.Length; i++) values[i] = value(i / shape.Columns, i % shape.Columns);
        return values;
    }

    private static double Sinusoid(SinusoidalTable table, int position, int column)
    {
        int width = table.Values.Shape.Columns;
        bool isHalves = table.Position.Layout == PairLayout.Halves;
        int pair = isHalves ? column % (width / 2) : column / 2;
        bool isCosine = isHalves ? column >= width / 2 : column % 2 == 1;
        double angle = position * Math.Pow(table.Position.Theta, -2.0 * pair / width);
        return isCosine ? Math.Cos(angle) : Math.Sin(angle);
    }

    private static double Frequency(PositionSpec position, int pair)
    {
        double frequency = Math.Pow(position.Theta, -2.0 * pair / position.RotaryDim);
        RotaryScalingSpec scaling = position.Scaling;
        if (scaling.Kind == RotaryScalingKind.None) return frequency;
        if (scaling.Kind == RotaryScalingKind.Linear) return frequency / scaling.Factor;
        double waves = scaling.OriginalContextLength * frequency / (2 * Math.PI);
        double smooth = (waves - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        smooth = Math.Clamp(smooth, 0, 1);
        return (1 - smooth) * frequency / scaling.Factor + smooth * frequency;
    }
}
