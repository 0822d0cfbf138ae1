using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>A loss that is the mean of a function of each element and its target; elements whose target is NaN are ignored.</summary>
internal abstract partial class ElementLoss(Tensor predictions, Tensor targets) : Operation(predictions, targets)
{
    public Tensor Loss { get; } = new("loss", new Shape(1), TensorRole.Output);

    public Tensor RowLosses { get; } = new("row_losses", predictions.Shape.PerRow(), TensorRole.Activation);

    /// <summary>How many elements of each row count.</summary>
    public Tensor RowCounts { get; } = new("row_counts", predictions.Shape.PerRow(), TensorRole.Activation);

    public override IReadOnlyList<Tensor> Outputs => [Loss, RowLosses, RowCounts];

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Needs(Inputs[0])) gradients.Pass(Inputs[0]!, gradients.Program.Add(Gradient()));
    }

    protected abstract Operation Gradient();

    protected KernelCall Lower(string kernels, string formula) =>
        new KernelCall($"{kernels}.Forward", $"{kernels}_{Inputs[0]!.Shape.Rows}x{Inputs[0]!.Shape.Columns}", formula) { ReturnsValue = true }
            .Dimension(Inputs[0]!.Shape.Columns).Address("predictions", Inputs[0]).Address("targets", Inputs[1])
            .Extent("rows", Inputs[0]!.Shape).Address("rowLosses", RowLosses).Address("rowCounts", RowCounts);
}

/// <summary>The derivative by each prediction over the number of elements that count, zero for the others.</summary>
internal abstract partial class ElementLossGradient(Tensor predictions, Tensor targets, Tensor rowCounts) : Operation(predictions, targets, rowCounts)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [new Tensor(predictions.Name + ".gradient", predictions.Shape, TensorRole.Activation)];

    public override bool MayOverwrite(int slot) => slot == 0;

    protected KernelCall Lower(string kernels, string formula) =>
        new KernelCall($"{kernels}.Gradient", $"{kernels}Gradient_{Outputs[0].Shape.Rows}x{Outputs[0].Shape.Columns}", formula)
            .Dimension(Outputs[0].Shape.Columns).Address("predictions", Inputs[0]).Address("targets", Inputs[1]).Address("rowCounts", Inputs[2])
            .Extent("rows", Outputs[0].Shape).Address("gradient", Outputs[0]);
}
