using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Rotary
{
    public override KernelCall LowerToCSharp() =>
        Lower("Rotary.Forward", $"Rotary_{Y.Shape.Rows}x{Heads}x{HeadDim}", $"{Y} = rotate({Inputs[X]})", this, Heads, Position);

    /// <summary>Both directions have the same operands.</summary>
    internal static KernelCall Lower(string kernel, string name, string formula, Operation rotation, int heads, PositionSpec position)
    {
        Tensor x = rotation.Inputs[X]!;
        return new KernelCall(kernel, name, formula)
            .Dimension(heads).Dimension(x.Shape.Columns / heads).Dimension(position.RotaryDim).Type(position.Layout.ToString())
            .Address("x", x).Address("cosines", rotation.Inputs[Cosines]).Address("sines", rotation.Inputs[Sines])
            .Address("positions", rotation.Inputs[PositionsOperand]).Extent("rows", x.Shape).Address("y", rotation.Outputs[0]);
    }
}

internal sealed partial class RotaryGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!;
        return Rotary.Lower(
            "Rotary.Gradient", $"RotaryGradient_{dy.Shape.Rows}x{Heads}x{dy.Shape.Columns / Heads}", $"{Outputs[0]} = rotate back({dy})", this, Heads, Position);
    }
}
