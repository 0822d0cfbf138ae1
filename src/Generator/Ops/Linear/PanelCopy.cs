using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>p[r, K rounded up to 16] = x[r,K] and zeros, in panels of 16 columns: how the gradient of a weight reads x.</summary>
internal sealed class PanelCopy(Tensor x) : Operation(x)
{
    private const int PanelWidth = 16;

    public override IReadOnlyList<Tensor> Outputs { get; } =
    [
        new Tensor(x.Name + ".panels", x.Shape.WithColumns((x.Shape.Columns + PanelWidth - 1) / PanelWidth * PanelWidth), TensorRole.Activation),
    ];

    public override long FloatingPointOperations => 0;

    public static Operation Of(Tensor x) => new PanelCopy(x);

    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor x = Inputs[0]!;
        Extent rows = PtxLowering.Rows(x.Shape);
        return lowering.Precision == Precision.BFloat16
            ? [new PtxLaunch(lowering.Kernel(RoundingKernels.Panels, rows, x.Shape.Columns)).Address("x", x).Address("rounded", Outputs[0])]
            : [new PtxLaunch(lowering.Kernel(PanelCopyKernel.Of, rows, x.Shape.Columns)).Address("x", x).Address("panels", Outputs[0])];
    }

    public override KernelCall LowerToCSharp()
    {
        Tensor x = Inputs[0]!;
        return new KernelCall("Linear.CopyToPanels", $"PanelCopy_{x.Shape.Rows}x{x.Shape.Columns}", $"{Outputs[0]} = {x}")
            .Dimension(x.Shape.Columns).Address("x", x).Extent("rows", x.Shape).Address("xPanels", Outputs[0]);
    }
}
