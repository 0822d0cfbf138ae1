using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Linear
{
    public override KernelCall LowerToCSharp()
    {
        Tensor x = Inputs[X]!, weight = Inputs[W]!;
        (int inputs, int outputs) = (x.Shape.Columns, Y.Shape.Columns);
        string name = $"Linear_{x.Shape.Rows}x{inputs}x{outputs}";
        string formula = $"{x} · {weight}ᵀ";
        if (Inputs[B] is { } bias)
        {
            name += "_Bias";
            formula += $" + {bias}";
        }
        if (Activation is { } activation)
        {
            name += $"_{activation}";
            formula = $"{activation.ToString().ToLowerInvariant()}({formula})";
        }
        if (Addend is { } addend)
        {
            name += "_Add";
            formula += $" + {addend}";
        }
        return new KernelCall("Linear.Forward", name, $"{Y} = {formula}")
            .Dimension(inputs).Dimension(outputs).Type(Activation?.ToString() ?? "Identity")
            .Address("x", x).Address("weight", weight).Address("bias", Inputs[B]).Address("addend", Addend)
            .Extent("rows", x.Shape).Address("y", Y);
    }
}

internal sealed partial class LinearInputGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!, weight = Inputs[1]!, dx = Outputs[0];
        string formula = $"{dx} = {dy} · {weight}";
        return new KernelCall(
                "Linear.InputGradient",
                $"LinearInputGradient_{dy.Shape.Rows}x{dx.Shape.Columns}x{dy.Shape.Columns}" + KernelNames.AddendSuffix(Addend),
                formula + KernelNames.AddendTerm(Addend))
            .Dimension(dx.Shape.Columns).Dimension(dy.Shape.Columns)
            .Address("dy", dy).Address("weight", weight).Address("addend", Addend).Extent("rows", dy.Shape).Address("dx", dx);
    }
}

internal sealed partial class LinearWeightGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!, xPanels = Inputs[1]!, dWeight = Outputs[0];
        return new KernelCall(
                "Linear.WeightGradient",
                $"LinearWeightGradient_{dy.Shape.Rows}x{dWeight.Shape.Columns}x{dy.Shape.Columns}",
                $"{dWeight} = {dy}ᵀ · {xPanels}" + KernelNames.AddendTerm(Addend))
            .Dimension(dWeight.Shape.Columns).Dimension(dy.Shape.Columns)
            .Address("dy", dy).Address("xPanels", xPanels).Address("addend", Addend).Extent("rows", dy.Shape).Address("dWeight", dWeight);
    }
}

internal sealed partial class LinearBiasGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!, dBias = Outputs[0];
        return new KernelCall(
                "Linear.BiasGradient",
                $"LinearBiasGradient_{dy.Shape.Rows}x{dy.Shape.Columns}",
                $"{dBias} = Σ rows of {dy}" + KernelNames.AddendTerm(Addend))
            .Dimension(dy.Shape.Columns)
            .Address("dy", dy).Address("addend", Addend).Extent("rows", dy.Shape).Address("dBias", dBias);
    }
}
