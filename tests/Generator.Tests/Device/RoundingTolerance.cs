using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Generator.Tests.Device;

/// <summary>How far a product may be from the exact one because its factors are rounded.</summary>
internal static class RoundingTolerance
{
    /// <summary>The greatest slope of an activation: GELU's, near 1.4.</summary>
    private const double MostSlope = 1.13;

    /// <summary>
    /// Each factor is off by at most u of itself, 2^-11 in tf32's 11 significant bits and 2^-8 in bfloat16's 8, so a term by (2u + u²)·|a·b|, and a sum of terms by as much times
    /// Σ|a|·|b| ≤ ‖a‖·‖b‖ (Cauchy and Schwarz). The norms are the greatest of any line of the factors. An activation after it may spread that by its slope. The copy of a factor is off by u of
    /// its greatest element where it is rounded (bfloat16). Other operations round nothing.
    /// </summary>
    public static double Of(Operation operation, Precision precision, Func<Tensor, double[]> valueOf)
    {
        double unit = precision switch { Precision.Tf32 => Math.ScaleB(1, -11), Precision.BFloat16 => Math.ScaleB(1, -8), _ => 0 };
        if (operation is PanelCopy) return precision == Precision.BFloat16 ? unit * valueOf(operation.Inputs[0]!).Max(Math.Abs) : 0;
        double lengths = operation switch
        {
            Linear => MostSlope * Rows(operation.Inputs[0]!) * Rows(operation.Inputs[1]!),
            LinearInputGradient => Rows(operation.Inputs[0]!) * Columns(operation.Inputs[1]!),
            LinearWeightGradient => Columns(operation.Inputs[0]!) * Columns(operation.Inputs[1]!),
            _ => 0,
        };
        return lengths * ((2 * unit) + (unit * unit));

        double Rows(Tensor tensor) => MostLength(valueOf(tensor), index => index / tensor.Shape.Columns);
        double Columns(Tensor tensor) => MostLength(valueOf(tensor), index => index % tensor.Shape.Columns);
    }

    /// <summary>Of the lines of a matrix; elements past the rows of a pass are NaN.</summary>
    private static double MostLength(double[] matrix, Func<int, int> lineOf) => Math.Sqrt(matrix
        .Select((element, index) => (Line: lineOf(index), Square: double.IsNaN(element) ? 0 : element * element))
        .GroupBy(element => element.Line, element => element.Square)
        .Max(line => line.Sum()));
}
