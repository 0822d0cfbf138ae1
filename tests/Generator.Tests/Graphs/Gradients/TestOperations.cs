using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;
using Transformer.Compiled.Generator.Targets.Ptx;

namespace Generator.Tests.Graphs.Gradients;

/// <summary>A parameter as an activation, so that operands of any kind can be differentiated.</summary>
internal sealed class Leaf(Parameter parameter) : Operation(parameter.Tensor)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [new(parameter.Name + ".leaf", parameter.Tensor.Shape, TensorRole.Activation)];

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Outputs[0]) is { } dy) gradients.Program.Add(new LeafGradient(dy, gradients.Contribute(Inputs[0]!)));
    }

    public override KernelCall LowerToCSharp() => throw new NotSupportedException("For tests of graphs only.");

    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) => throw new NotSupportedException("For tests of graphs only.");
}

internal sealed class LeafGradient(Tensor dy, (Tensor? Addend, Tensor Destination) contribution) : Operation(dy, contribution.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 1;

    public override KernelCall LowerToCSharp() => throw new NotSupportedException("For tests of graphs only.");

    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) => throw new NotSupportedException("For tests of graphs only.");
}

/// <summary>A scalar loss: Σ weights · x over pairs of x and weights.</summary>
internal sealed class WeightedSum(params Tensor[] pairs) : Operation(pairs)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [new("loss", new Shape(1), TensorRole.Output)];

    public override void Differentiate(GradientBuilder gradients)
    {
        for (int pair = 0; pair < Inputs.Length; pair += 2) gradients.Pass(Inputs[pair]!, Inputs[pair + 1]!);
    }

    public override KernelCall LowerToCSharp() => throw new NotSupportedException("For tests of graphs only.");

    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) => throw new NotSupportedException("For tests of graphs only.");
}
