using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>loss = mean over rows of Σ targets · (log Σ exp(logits) − logits); rows with a NaN among the targets are ignored.</summary>
/// <param name="logits">[rows, classes].</param>
/// <param name="targets">[rows, classes]: distributions.</param>
internal sealed partial class SoftTargetCrossEntropy(Tensor logits, Tensor targets) : Operation(logits, targets)
{
    public Tensor Loss { get; } = new("loss", new Shape(1), TensorRole.Output);

    public Tensor RowLosses { get; } = new("row_losses", logits.Shape.PerRow(), TensorRole.Activation);

    public Tensor LogNormalizers { get; } = new("log_normalizers", logits.Shape.PerRow(), TensorRole.Activation);

    public Tensor TargetSums { get; } = new("target_sums", logits.Shape.PerRow(), TensorRole.Activation);

    public override IReadOnlyList<Tensor> Outputs => [Loss, RowLosses, LogNormalizers, TargetSums];

    public override long FloatingPointOperations => 6 * Inputs[0]!.Shape.Elements;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Needs(Inputs[0]))
            gradients.Pass(Inputs[0]!, gradients.Program.Add(new SoftTargetCrossEntropyGradient(Inputs[0]!, Inputs[1]!, LogNormalizers, TargetSums)));
    }

    public override KernelCall LowerToCSharp() =>
        new KernelCall(
            "SoftTargetCrossEntropy.Forward",
            $"SoftTargetCrossEntropy_{Inputs[0]!.Shape.Rows}x{Inputs[0]!.Shape.Columns}",
            $"{Loss} = cross-entropy({Inputs[0]}, {Inputs[1]})")
        { ReturnsValue = true }
            .Dimension(Inputs[0]!.Shape.Columns).Address("logits", Inputs[0]).Address("targets", Inputs[1]).Extent("rows", Inputs[0]!.Shape)
            .Address("rowLosses", RowLosses).Address("logNormalizers", LogNormalizers).Address("targetSums", TargetSums);
}

/// <summary>dLogits = (Σ targets · softmax(logits) − targets) / count, zero for ignored rows.</summary>
internal sealed partial class SoftTargetCrossEntropyGradient(Tensor logits, Tensor targets, Tensor logNormalizers, Tensor targetSums)
    : Operation(logits, targets, logNormalizers, targetSums)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [new Tensor(logits.Name + ".gradient", logits.Shape, TensorRole.Activation)];

    public override bool MayOverwrite(int slot) => slot == 0;

    public override long FloatingPointOperations => 5 * Outputs[0].Shape.Elements;

    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "SoftTargetCrossEntropy.Gradient",
                $"SoftTargetCrossEntropyGradient_{Outputs[0].Shape.Rows}x{Outputs[0].Shape.Columns}",
                $"{Outputs[0]} = softmax({Inputs[0]}) − {Inputs[1]}")
            .Dimension(Outputs[0].Shape.Columns).Address("logits", Inputs[0]).Address("targets", Inputs[1])
            .Address("logNormalizers", Inputs[2]).Address("targetSums", Inputs[3]).Extent("rows", Outputs[0].Shape).Address("dLogits", Outputs[0]);
}
