using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y = x, where the caller sees it.</summary>
internal sealed partial class Publish(Tensor x, Tensor y) : Operation(x)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [y];

    public override long FloatingPointOperations => 0;

    public override KernelCall LowerToCSharp() =>
        new KernelCall("Elementwise.Copy", $"Publish_{Outputs[0].Shape.Rows}x{Outputs[0].Shape.Columns}", $"{Outputs[0]} = {Inputs[0]}") { IsSequential = true }
            .Address("x", Inputs[0]).Elements("count", Outputs[0].Shape).Address("y", Outputs[0]);
}
