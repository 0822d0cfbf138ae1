namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What every module of a trainer has, whichever optimizer it is given.</summary>
internal static class UpdateKernels
{
    public static IReadOnlyList<PtxKernel> All { get; } =
    [
        GradientNormKernels.Squares, GradientNormKernels.Scale, AdamKernel.Step, DescentKernels.Sgd, DescentKernels.SgdWithMomentum,
        DescentKernels.RmsProp, DescentKernels.RmsPropWithMomentum, DescentKernels.RmsPropCentred, DescentKernels.RmsPropCentredWithMomentum,
    ];
}
