using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class LayerNorm
{
    public override KernelCall LowerToCSharp()
    {
        Tensor x = Inputs[X]!;
        int width = Inputs[W]!.Shape.Rows, groups = x.Shape.Columns / width;
        return new KernelCall(
                "LayerNorm.Forward",
                $"LayerNorm_{x.Shape.Rows * groups}x{width}" + (Mean.IsUsed ? "_Statistics" : ""),
                $"{Y} = layernorm({x}) · {Inputs[W]} + {Inputs[B]}")
            .Dimension(width).Address("x", x).Address("weight", Inputs[W]).Address("bias", Inputs[B]).Constant("epsilon", Epsilon)
            .Extent("rows", x.Shape, groups).Address("y", Y).Address("mean", Mean).Address("reciprocalDeviation", ReciprocalDeviation);
    }
}

internal sealed partial class LayerNormInputGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!, x = Inputs[1]!, weight = Inputs[2]!;
        int width = weight.Shape.Rows, groups = dy.Shape.Columns / width;
        return new KernelCall(
                "LayerNorm.InputGradient",
                $"LayerNormInputGradient_{dy.Shape.Rows * groups}x{width}" + KernelNames.AddendSuffix(Addend),
                $"{Outputs[0]} = layernorm'({x}; {dy} · {weight})" + KernelNames.AddendTerm(Addend))
            .Dimension(width).Address("dy", dy).Address("x", x).Address("weight", weight)
            .Address("mean", Inputs[3]).Address("reciprocalDeviation", Inputs[4]).Address("addend", Addend)
            .Extent("rows", dy.Shape, groups).Address("dx", Outputs[0]);
    }
}

internal sealed partial class LayerNormParameterGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!, x = Inputs[1]!;
        int width = Outputs[0].Shape.Rows, groups = dy.Shape.Columns / width;
        return new KernelCall(
                "LayerNorm.ParameterGradient",
                $"LayerNormParameterGradient_{dy.Shape.Rows * groups}x{width}",
                $"{Outputs[0]} = Σ rows of {dy} · normalised {x}, {Outputs[1]} = Σ rows of {dy.Name}" + KernelNames.AddendTerm(Inputs[4]))
            .Dimension(width).Address("dy", dy).Address("x", x).Address("mean", Inputs[2]).Address("reciprocalDeviation", Inputs[3])
            .Address("weightAddend", Inputs[4]).Address("biasAddend", Inputs[5]).Extent("rows", dy.Shape, groups)
            .Address("dWeight", Outputs[0]).Address("dBias", Outputs[1]);
    }
}

internal sealed partial class RmsNorm
{
    public override KernelCall LowerToCSharp()
    {
        Tensor x = Inputs[X]!;
        int width = Inputs[W]!.Shape.Rows, groups = x.Shape.Columns / width;
        return new KernelCall(
                "RmsNorm.Forward",
                $"RmsNorm_{x.Shape.Rows * groups}x{width}" + (ReciprocalRms.IsUsed ? "_Statistics" : ""),
                $"{Y} = rmsnorm({x}) · {KernelNames.OffsetTerm(Inputs[W]!, WeightOffset)}")
            .Dimension(width).Address("x", x).Address("weight", Inputs[W]).Constant("epsilon", Epsilon).Constant("weightOffset", WeightOffset)
            .Extent("rows", x.Shape, groups).Address("y", Y).Address("reciprocalRms", ReciprocalRms);
    }
}

internal sealed partial class RmsNormInputGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!, x = Inputs[1]!, weight = Inputs[2]!;
        int width = weight.Shape.Rows, groups = dy.Shape.Columns / width;
        return new KernelCall(
                "RmsNorm.InputGradient",
                $"RmsNormInputGradient_{dy.Shape.Rows * groups}x{width}" + KernelNames.AddendSuffix(Addend),
                $"{Outputs[0]} = rmsnorm'({x}; {dy} · {KernelNames.OffsetTerm(weight, WeightOffset)})" + KernelNames.AddendTerm(Addend))
            .Dimension(width).Address("dy", dy).Address("x", x).Address("weight", weight).Address("reciprocalRms", Inputs[3])
            .Address("addend", Addend).Constant("weightOffset", WeightOffset).Extent("rows", dy.Shape, groups).Address("dx", Outputs[0]);
    }
}

internal sealed partial class RmsNormParameterGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!, x = Inputs[1]!;
        int width = Outputs[0].Shape.Rows, groups = dy.Shape.Columns / width;
        return new KernelCall(
                "RmsNorm.ParameterGradient",
                $"RmsNormParameterGradient_{dy.Shape.Rows * groups}x{width}",
                $"{Outputs[0]} = Σ rows of {dy} · normalised {x}" + KernelNames.AddendTerm(Addend))
            .Dimension(width).Address("dy", dy).Address("x", x).Address("reciprocalRms", Inputs[2]).Address("weightAddend", Addend)
            .Extent("rows", dy.Shape, groups).Address("dWeight", Outputs[0]);
    }
}
