using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Linear
{
    private string ActivationName => Activation?.ToString() ?? "Identity";

    /// <summary>Outputs, and what is done beside the product: <c>3072_Bias_Gelu</c>.</summary>
    private string Variant =>
        Y.Shape.Columns + (Inputs[B] is null ? "" : "_Bias") + (Activation is { } activation ? $"_{activation}" : "") + KernelNames.AddendSuffix(Addend);

    private string Formula
    {
        get
        {
            string sum = $"{Inputs[X]} · {Inputs[W]}ᵀ" + (Inputs[B] is { } bias ? $" + {bias}" : "");
            if (Activation is { } activation) sum = $"{activation.ToString().ToLowerInvariant()}({sum})";
            return $"{Y} = {sum}{KernelNames.AddendTerm(Addend)}";
        }
    }

    public override KernelCall LowerToCSharp()
    {
        Tensor x = Inputs[X]!;
        return new KernelCall("Linear.Forward", $"Linear_{x.Shape.Rows}x{x.Shape.Columns}x{Variant}", Formula)
            .Dimension(x.Shape.Columns).Dimension(Y.Shape.Columns).Type(ActivationName)
            .Address("x", x).Address("weight", Inputs[W]).Address("bias", Inputs[B]).Address("addend", Addend)
            .Extent("rows", x.Shape).Address("y", Y);
    }

    /// <summary>The call of several layers of one input, side by side.</summary>
    public static KernelCall LowerToCSharp(IReadOnlyList<Linear> layers)
    {
        Tensor x = layers[0].Inputs[X]!;
        KernelCall call = new KernelCall(
                "Linears.Forward",
                $"Linears_{x.Shape.Rows}x{x.Shape.Columns}x{string.Join("_", layers.Select(layer => layer.Variant))}",
                string.Join("\n", layers.Select(layer => layer.Formula)))
            .Dimension(x.Shape.Columns).Address("x", x).Extent("rows", x.Shape);
        for (int i = 0; i < layers.Count; i++)
        {
            Linear layer = layers[i];
            call.Dimension(layer.Y.Shape.Columns).Type(layer.ActivationName).Address($"weight{i}", layer.Inputs[W]).Address($"bias{i}", layer.Inputs[B]).Address($"y{i}", layer.Y);
        }
        return call;
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
