using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>dx[r,K] = dy[r,N] · W[N,K] + addend.</summary>
internal sealed partial class LinearInputGradient(Tensor dy, Tensor weight, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, weight, contribution.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 2;

    public override long FloatingPointOperations => 2L * Inputs[0]!.Shape.Elements * Outputs[0].Shape.Columns;
}

/// <summary>dW[N,K] = dy[r,N]ᵀ · x[r,K] + addend, in the storage format of W; x comes from <see cref="PanelCopy"/>.</summary>
internal sealed partial class LinearWeightGradient(Tensor dy, Tensor xPanels, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, xPanels, contribution.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 2;

    public override long FloatingPointOperations => 2L * Inputs[0]!.Shape.Elements * Outputs[0].Shape.Columns;
}

/// <summary>db[N] = Σ_r dy[r,N] + addend.</summary>
internal sealed partial class LinearBiasGradient(Tensor dy, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, contribution.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 1;

    public override long FloatingPointOperations => Inputs[0]!.Shape.Elements;
}
