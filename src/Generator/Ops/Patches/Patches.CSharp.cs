using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Patches
{
    public override KernelCall LowerToCSharp()
    {
        Shape shape = Inputs[0]!.Shape;
        return new KernelCall(
                "Patches.Forward", $"Patches_{shape[0]}x{shape[1]}x{shape[2]}x{shape[3]}_{PatchSize}", $"{Y} = patches of {PatchSize}x{PatchSize} of {Inputs[0]}")
            .Dimension(PatchSize).Address("pixels", Inputs[0])
            .Constant("batch", shape[0]).Constant("channels", shape[1]).Constant("height", shape[2]).Constant("width", shape[3]).Address("y", Y);
    }
}

internal sealed partial class PrependToken
{
    public override KernelCall LowerToCSharp()
    {
        Tensor x = Inputs[X]!;
        return new KernelCall(
                "PrependToken.Forward", $"PrependToken_{Sequences}x{x.Shape.Rows / Sequences}x{x.Shape.Columns}", $"{Y} = {Inputs[Token]} before each sequence of {x}")
            .Dimension(x.Shape.Columns).Address("x", x).Address("token", Inputs[Token])
            .Constant("sequences", Sequences).Constant("length", x.Shape.Rows / Sequences).Address("y", Y);
    }
}

internal sealed partial class PrependTokenInputGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dx = Outputs[0];
        int length = dx.Shape.Rows / Sequences;
        return new KernelCall(
                "PrependToken.InputGradient",
                $"PrependTokenInputGradient_{Sequences}x{length}x{dx.Shape.Columns}" + KernelNames.AddendSuffix(Addend),
                $"{dx} = rows of {Inputs[0]} after the first of each sequence" + KernelNames.AddendTerm(Addend))
            .Dimension(dx.Shape.Columns).Address("dy", Inputs[0]).Address("addend", Addend)
            .Constant("sequences", Sequences).Constant("length", length).Address("dx", dx);
    }
}

internal sealed partial class PrependTokenParameterGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!;
        int length = dy.Shape.Rows / Sequences - 1;
        return new KernelCall(
                "PrependToken.ParameterGradient",
                $"PrependTokenParameterGradient_{Sequences}x{length}x{dy.Shape.Columns}",
                $"{Outputs[0]} = Σ of the first rows of the sequences of {dy}" + KernelNames.AddendTerm(Addend))
            .Dimension(dy.Shape.Columns).Address("dy", dy).Address("addend", Addend)
            .Constant("sequences", Sequences).Constant("length", length).Address("dToken", Outputs[0]);
    }
}
