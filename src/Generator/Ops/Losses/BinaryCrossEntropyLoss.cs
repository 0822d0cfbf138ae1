using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>loss = mean over elements of −targets · ln σ(logits) − (1 − targets) · ln(1 − σ(logits)); NaN targets are ignored.</summary>
/// <param name="logits">[rows, labels].</param>
/// <param name="targets">[rows, labels]: probabilities.</param>
internal sealed partial class BinaryCrossEntropyLoss(Tensor logits, Tensor targets) : ElementLoss(logits, targets)
{
    public override long FloatingPointOperations => 6 * Inputs[0]!.Shape.Elements;

    public override KernelCall LowerToCSharp() => Lower("BinaryCrossEntropy", $"{Loss} = binary cross-entropy({Inputs[0]}, {Inputs[1]})");

    protected override Operation Gradient() => new BinaryCrossEntropyGradient(Inputs[0]!, Inputs[1]!, RowCounts);
}

/// <summary>dLogits = (σ(logits) − targets) / count.</summary>
internal sealed partial class BinaryCrossEntropyGradient(Tensor logits, Tensor targets, Tensor rowCounts) : ElementLossGradient(logits, targets, rowCounts)
{
    public override long FloatingPointOperations => 4 * Outputs[0].Shape.Elements;

    public override KernelCall LowerToCSharp() => Lower("BinaryCrossEntropy", $"{Outputs[0]} = σ({Inputs[0]}) − {Inputs[1]}");
}
