using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class RelativeBias
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor table = Inputs[0]!;
        return [new PtxLaunch(lowering.Kernel(RelativeBiasKernels.Forward, ShapeOf(this), table.Shape.Columns)).Address("table", table).Address("distances", Distances)];
    }

    internal static BucketShape ShapeOf(RelativeBias bias) =>
        new(bias.Inputs[0]!.Shape.Rows, bias.MaxDistance, bias.Direction == BucketDirection.Bidirectional ? 2 : 1, bias.Length);
}

internal sealed partial class RelativeBiasGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor dTable = Outputs[0];
        PtxKernel kernel = lowering.Kernel(RelativeBiasKernels.Gradient, RelativeBias.ShapeOf(Forward), dTable.Shape.Columns, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Address("dDistances", Inputs[0]).Address("addend", PtxLowering.Addend(Addend)).Address("dTable", dTable)];
    }
}
