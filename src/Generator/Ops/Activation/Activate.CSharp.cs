using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Activate
{
    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "Activations.Forward", $"{Activation}_{Y.Shape.Rows}x{Y.Shape.Columns}", $"{Y} = {Activation.ToString().ToLowerInvariant()}({Inputs[0]})")
            .Type(Activation.ToString()).Address("x", Inputs[0]).Elements("count", Y.Shape).Address("y", Y);
}

internal sealed partial class ActivateGradient
{
    public override KernelCall LowerToCSharp()
    {
        Shape shape = Outputs[0].Shape;
        return new KernelCall(
                "Activations.Gradient",
                $"{Activation}Gradient_{shape.Rows}x{shape.Columns}",
                $"{Outputs[0]} = {Activation.ToString().ToLowerInvariant()}'({Inputs[0]}) · {Inputs[1]}")
            .Type(Activation.ToString()).Address("x", Inputs[0]).Address("dy", Inputs[1])
            .Elements("count", shape).Address("dx", Outputs[0]);
    }
}

internal sealed partial class GatedActivate
{
    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "GatedActivations.Forward",
                $"Gated{Activation}_{Y.Shape.Rows}x{Y.Shape.Columns}",
                $"{Y} = {Activation.ToString().ToLowerInvariant()}({Inputs[0]}) · {Inputs[1]}")
            .Type(Activation.ToString()).Address("gate", Inputs[0]).Address("up", Inputs[1])
            .Elements("count", Y.Shape).Address("y", Y);
}

internal sealed partial class GatedActivateGradient
{
    public override KernelCall LowerToCSharp()
    {
        Shape shape = Outputs[0].Shape;
        return new KernelCall(
                "GatedActivations.Gradient",
                $"Gated{Activation}Gradient_{shape.Rows}x{shape.Columns}",
                $"{Outputs[0]}, {Outputs[1]} = ({Activation.ToString().ToLowerInvariant()}({Inputs[0]}) · {Inputs[1]})' · {Inputs[2]}")
            .Type(Activation.ToString()).Address("gate", Inputs[0]).Address("up", Inputs[1]).Address("dy", Inputs[2])
            .Elements("count", shape).Address("dGate", Outputs[0]).Address("dUp", Outputs[1]);
    }
}
