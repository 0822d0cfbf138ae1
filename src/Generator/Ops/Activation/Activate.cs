using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y = act(x), elementwise.</summary>
internal sealed partial class Activate(Tensor x, Activation activation, string name) : Operation(x), IRecomputable
{
    public Activation Activation { get; } = activation;

    public Tensor Y { get; } = new(name, x.Shape, TensorRole.Activation);

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override bool MayOverwrite(int slot) => slot == 0;

    public Operation Again(IReadOnlyList<Tensor?> inputs, string name) => new Activate(inputs[0]!, Activation, name);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy || !gradients.Needs(Inputs[0])) return;
        gradients.Pass(Inputs[0]!, gradients.Program.Add(new ActivateGradient(Inputs[0]!, dy, Activation)));
    }
}

/// <summary>dx = act'(x) · dy.</summary>
internal sealed partial class ActivateGradient(Tensor x, Tensor dy, Activation activation) : Operation(x, dy)
{
    public Activation Activation { get; } = activation;

    public override IReadOnlyList<Tensor> Outputs { get; } = [new Tensor(x.Name + ".gradient", x.Shape, TensorRole.Activation)];

    public override bool MayOverwrite(int slot) => slot == 1;
}

/// <summary>y = act(gate) · up, elementwise (Shazeer, 2020).</summary>
internal sealed partial class GatedActivate(Tensor gate, Tensor up, Activation activation, string name) : Operation(gate, up), IRecomputable
{
    public Activation Activation { get; } = activation;

    public Tensor Y { get; } = new(name, gate.Shape, TensorRole.Activation);

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => 2 * Y.Shape.Elements;

    public override bool MayOverwrite(int slot) => true;

    public Operation Again(IReadOnlyList<Tensor?> inputs, string name) => new GatedActivate(inputs[0]!, inputs[1]!, Activation, name);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        var gradient = new GatedActivateGradient(Inputs[0]!, Inputs[1]!, dy, Activation);
        gradients.Program.Add(gradient);
        gradients.Pass(Inputs[0]!, gradient.Outputs[0]);
        gradients.Pass(Inputs[1]!, gradient.Outputs[1]);
    }
}

/// <summary>dGate = act'(gate) · up · dy and dUp = act(gate) · dy.</summary>
internal sealed partial class GatedActivateGradient(Tensor gate, Tensor up, Tensor dy, Activation activation) : Operation(gate, up, dy)
{
    public Activation Activation { get; } = activation;

    public override IReadOnlyList<Tensor> Outputs { get; } =
    [
        new Tensor(gate.Name + ".gradient", gate.Shape, TensorRole.Activation),
        new Tensor(up.Name + ".gradient", up.Shape, TensorRole.Activation),
    ];

    public override long FloatingPointOperations => 5 * gate.Shape.Elements;
}
