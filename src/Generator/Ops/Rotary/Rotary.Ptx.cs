using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Rotary
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) => LowerToPtx(lowering, this, Heads, Position, Turn.Forward);

    /// <summary>Both directions have the same operands.</summary>
    internal static IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering, Operation rotation, int heads, PositionSpec position, Turn turn)
    {
        Tensor x = rotation.Inputs[X]!;
        RotaryShape shape = new(PtxLowering.Rows(x.Shape), heads, x.Shape.Columns / heads, position.RotaryDim, position.Layout);
        return
        [
            new PtxLaunch(lowering.Kernel(RotaryKernel.Of, shape, turn))
                .Address("x", x).Address("cosines", rotation.Inputs[Cosines]).Address("sines", rotation.Inputs[Sines])
                .Address("positions", rotation.Inputs[PositionsOperand]).Address("y", rotation.Outputs[0]),
        ];
    }
}

internal sealed partial class RotaryGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering) => Rotary.LowerToPtx(lowering, this, Heads, Position, Turn.Back);
}
