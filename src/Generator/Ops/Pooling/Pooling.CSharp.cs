using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Pool
{
    public override KernelCall LowerToCSharp()
    {
        Tensor x = Inputs[X]!;
        return new KernelCall(
                $"Pooling.{Kind}",
                $"Pool{Kind}_{Sequences}x{x.Shape.Rows / Sequences}x{x.Shape.Columns}",
                $"{Y} = {Kind.ToString().ToLowerInvariant()} of each sequence of {x}" + (Inputs[Mask] is { } mask ? $" where {mask}" : ""))
            .Dimension(x.Shape.Columns).Address("x", x).Address("mask", Inputs[Mask])
            .Constant("sequences", Sequences).Extent("rows", x.Shape).Address("y", Y);
    }
}

internal sealed partial class PoolGradient
{
    public override KernelCall LowerToCSharp()
    {
        Tensor dy = Inputs[0]!, dx = Outputs[0];
        KernelCall call = new KernelCall(
                $"Pooling.{Kind}Gradient",
                $"Pool{Kind}Gradient_{Sequences}x{dx.Shape.Rows / Sequences}x{dx.Shape.Columns}",
                $"{dx} = {dy} at the rows of its {Kind.ToString().ToLowerInvariant()}")
            .Dimension(dx.Shape.Columns).Address("dy", dy).Address("mask", Inputs[1]);
        if (Kind == PoolingKind.Max) call.Address("x", Inputs[2]).Address("y", Inputs[3]);
        return call.Constant("sequences", Sequences).Extent("rows", dx.Shape).Address("dx", dx);
    }
}
