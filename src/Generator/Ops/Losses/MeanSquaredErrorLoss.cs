using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>loss = mean over elements of (values − targets)²; NaN targets are ignored.</summary>
/// <param name="values">[rows, labels].</param>
/// <param name="targets">[rows, labels].</param>
internal sealed partial class MeanSquaredErrorLoss(Tensor values, Tensor targets) : ElementLoss(values, targets)
{
    public override long FloatingPointOperations => 3 * Inputs[0]!.Shape.Elements;

    public override KernelCall LowerToCSharp() => Lower("MeanSquaredError", $"{Loss} = mean squared error({Inputs[0]}, {Inputs[1]})");

    protected override Operation Gradient() => new MeanSquaredErrorGradient(Inputs[0]!, Inputs[1]!, RowCounts);
}

/// <summary>dValues = 2 · (values − targets) / count.</summary>
internal sealed partial class MeanSquaredErrorGradient(Tensor values, Tensor targets, Tensor rowCounts) : ElementLossGradient(values, targets, rowCounts)
{
    public override long FloatingPointOperations => 2 * Outputs[0].Shape.Elements;

    public override KernelCall LowerToCSharp() => Lower("MeanSquaredError", $"{Outputs[0]} = 2 · ({Inputs[0]} − {Inputs[1]})");
}
