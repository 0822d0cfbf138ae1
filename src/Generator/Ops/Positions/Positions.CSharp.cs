using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class RelativeBias
{
    /// <summary>The constructor call of the run-time's buckets.</summary>
    public string Buckets => $"new Kernel::RelativeBuckets({Inputs[0]!.Shape.Rows}, {MaxDistance}, {(Direction == BucketDirection.Causal ? "true" : "false")})";

    /// <summary>What kernels of both directions are named by.</summary>
    public string Size => $"{Length}x{Inputs[0]!.Shape.Rows}x{Inputs[0]!.Shape.Columns}";

    public override KernelCall LowerToCSharp() =>
        new KernelCall("RelativeBias.Forward", "RelativeBias_" + Size, $"{Distances} = {Inputs[0]}[bucket of key − query]")
            .Dimension(Inputs[0]!.Shape.Columns)
            .Address("table", Inputs[0]).Constant("buckets", Buckets).Constant("length", Length).Address("distances", Distances);
}

internal sealed partial class RelativeBiasGradient
{
    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "RelativeBias.Gradient",
                "RelativeBiasGradient_" + Forward.Size,
                $"{Outputs[0]}[bucket of key − query] = {Inputs[0]}" + KernelNames.AddendTerm(Addend))
            .Dimension(Outputs[0].Shape.Columns).Address("dDistances", Inputs[0]).Address("addend", Addend)
            .Constant("buckets", Forward.Buckets).Constant("length", Forward.Length).Address("dTable", Outputs[0]);
}
