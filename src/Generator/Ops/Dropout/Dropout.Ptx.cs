using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Dropout
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor x = Inputs[0]!;
        PtxKernel kernel = lowering.Kernel(DropoutKernel.Of, PtxLowering.Rows(x.Shape), x.Shape.Columns, Rate, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Address("x", x).Address("addend", PtxLowering.Addend(Addend)).Site(Site).Address("y", Outputs[0])];
    }
}
