using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y = a + b. Fusion makes it the addend of what computes b where nothing else reads b.</summary>
internal sealed partial class Add(Tensor a, Tensor b, string name) : Operation(a, b), IRecomputable
{
    public Tensor Y { get; } = new(name, a.Shape, TensorRole.Activation);

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override bool MayOverwrite(int slot) => true;

    public Operation Again(IReadOnlyList<Tensor?> inputs, string name) => new Add(inputs[0]!, inputs[1]!, name);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        gradients.Pass(Inputs[0]!, dy);
        gradients.Pass(Inputs[1]!, dy);
    }

    public override KernelCall LowerToCSharp() =>
        new KernelCall("Elementwise.Add", $"Add_{Y.Shape.Rows}x{Y.Shape.Columns}", $"{Y} = {Inputs[0]} + {Inputs[1]}")
            .Address("a", Inputs[0]).Address("b", Inputs[1]).Elements("count", Y.Shape).Address("y", Y);
}
