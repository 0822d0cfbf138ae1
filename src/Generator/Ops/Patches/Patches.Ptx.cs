using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Patches
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Shape pixels = Inputs[0]!.Shape;
        PtxKernel kernel = lowering.Kernel(PatchKernels.Patches, new PatchShape(pixels[0], pixels[1], pixels[2], pixels[3], PatchSize));
        return [new PtxLaunch(kernel).Address("pixels", Inputs[0]).Address("y", Y)];
    }
}

internal sealed partial class PrependToken
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        PtxKernel kernel = lowering.Kernel(PatchKernels.PrependToken, ShapeOf(Inputs[X]!.Shape, Sequences));
        return [new PtxLaunch(kernel).Address("x", Inputs[X]).Address("token", Inputs[Token]).Address("y", Y)];
    }

    /// <summary>Of the sequences without their tokens.</summary>
    internal static PrependShape ShapeOf(Shape x, int sequences) => new(sequences, PtxLowering.WholeRows(x) / sequences, x.Columns);
}

internal sealed partial class PrependTokenInputGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        PtxKernel kernel = lowering.Kernel(PatchKernels.PrependTokenInputGradient, PrependToken.ShapeOf(Outputs[0].Shape, Sequences), PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Address("dy", Inputs[0]).Address("addend", PtxLowering.Addend(Addend)).Address("dx", Outputs[0])];
    }
}

internal sealed partial class PrependTokenParameterGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        PrependShape shape = PrependToken.ShapeOf(Inputs[0]!.Shape, Sequences);
        PtxKernel kernel = lowering.Kernel(PatchKernels.PrependTokenParameterGradient, shape with { Length = shape.Length - 1 }, PtxLowering.KindOf(Addend));
        return [new PtxLaunch(kernel).Address("dy", Inputs[0]).Address("addend", PtxLowering.Addend(Addend)).Address("dToken", Outputs[0])];
    }
}
