using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y[1,D] = x[row,D] for a row that the caller names at run time.</summary>
internal sealed partial class SelectRow(Tensor x, string name) : Operation(x)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [new Tensor(name, new Shape(1, x.Shape.Columns), TensorRole.Activation)];

    public override long FloatingPointOperations => 0;

    public override KernelCall LowerToCSharp() =>
        new KernelCall("Elementwise.CopyRow", $"SelectRow_{Inputs[0]!.Shape.Columns}", $"{Outputs[0]} = {Inputs[0]}[row]") { IsSequential = true }
            .Dimension(Inputs[0]!.Shape.Columns).Address("x", Inputs[0]).Ambient("row", "int", "row").Address("y", Outputs[0]);
}
