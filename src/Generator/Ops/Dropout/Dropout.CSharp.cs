using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Dropout
{
    public override KernelCall LowerToCSharp()
    {
        Tensor x = Inputs[0]!;
        return new KernelCall(
                "Dropout.Apply",
                $"Dropout_{x.Shape.Rows}x{x.Shape.Columns}" + KernelNames.AddendSuffix(Addend),
                $"{Outputs[0]} = dropout({x})" + KernelNames.AddendTerm(Addend))
            .Address("x", x).Address("addend", Addend).Constant("rate", Rate).RandomStream().Site(Site)
            .Elements("count", x.Shape).Address("y", Outputs[0]);
    }
}
