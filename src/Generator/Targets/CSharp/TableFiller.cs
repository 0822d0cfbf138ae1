using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Writes the method that computes a model's constant tables.</summary>
internal static class TableFiller
{
    public static void Write(CSharpPlan plan, ProgramGraph program, CodeWriter writer)
    {
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        using CodeWriter.Block body = writer.Open("protected override void FillTables()");
        foreach (TableSet tables in plan.Model.Tables)
        {
            string addresses = string.Join(", ", tables.Tensors.Select(t => plan.Address(program, t)));
            string call = tables switch
            {
                RotaryTables rotary =>
                    $"PositionTables.Rotary({FloatLiteral.Format(rotary.Position.Theta)}, {rotary.Position.RotaryDim}, {rotary.ContextLength}, {Scaling(rotary.Position.Scaling)}, {addresses})",
                SinusoidalTable sinusoidal =>
                    $"PositionTables.Sinusoidal<Kernel::{sinusoidal.Position.Layout}>({FloatLiteral.Format(sinusoidal.Position.Theta)}, {sinusoidal.Values.Shape.Columns}, {sinusoidal.Values.Shape.Rows}, {addresses})",
                AlibiTable alibi => $"PositionTables.Alibi({alibi.Distances.Shape.Rows}, {alibi.Length}, {addresses})",
                ClassWeightTable weights =>
                    $"SoftmaxCrossEntropy.FillClassWeights([{string.Join(", ", weights.Weights.Select(FloatLiteral.Format))}], {addresses})",
                _ => throw new ArgumentException($"{tables} has no function that computes it."),
            };
            writer.Line($"// {string.Join(", ", tables.Tensors)}");
            writer.Line($"Kernel::{call};");
        }
    }

    private static string Scaling(RotaryScalingSpec scaling) => scaling.Kind switch
    {
        RotaryScalingKind.None => "Kernel::RotaryScaling.None",
        RotaryScalingKind.Linear => $"Kernel::RotaryScaling.Linear({FloatLiteral.Format(scaling.Factor)})",
        _ => $"Kernel::RotaryScaling.Llama3({FloatLiteral.Format(scaling.Factor)}, {FloatLiteral.Format(scaling.LowFrequencyFactor)}, {FloatLiteral.Format(scaling.HighFrequencyFactor)}, {scaling.OriginalContextLength})",
    };
}
