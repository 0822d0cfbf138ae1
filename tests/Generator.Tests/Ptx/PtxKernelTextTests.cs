using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using VerifyTests;
using VerifyXunit;

namespace Generator.Tests.Ptx;

/// <summary>The text of a few kernels that are short enough to be read.</summary>
public sealed class PtxKernelTextTests
{
    [Fact]
    public Task Elementwise() => Verify(nameof(Elementwise), ElementwiseKernels.Scale(Extent.UpTo(64), 768, 0.5f, Addend.Added), ElementwiseKernels.Activate(Extent.Of(1), 7, Activation.Tanh));

    [Fact]
    public Task Norm() => Verify(nameof(Norm), NormKernels.RmsNorm(new(Extent.Of(5), 36), 1e-5f, 1f, NormStatistics.Kept));

    [Fact]
    public Task Rotary() => Verify(nameof(Rotary), RotaryKernel.Of(new(Extent.Of(3), 2, 7, 4, PairLayout.Interleaved), Turn.Back));

    [Fact]
    public Task FewRows() => Verify(nameof(FewRows), LinearKernels.Forward(new(Extent.Of(1), 96, 50), LinearBias.Added, Activation.Relu, Addend.None));

    /// <summary>One tile, of which a pass may have less rows.</summary>
    [Theory]
    [InlineData("Tf32")]
    [InlineData("BFloat16")]
    public Task Matrices(string precision) => Verify(
        $"{nameof(Matrices)}{precision}", LinearKernels.Forward(new(Extent.UpTo(64), 96, 64, Enum.Parse<Precision>(precision)), LinearBias.Added, null, Addend.None));

    /// <summary>Rows that begin anywhere, of which a pass may have less, and weights.</summary>
    [Fact]
    public Task Rounding() => Verify(nameof(Rounding), RoundingKernels.Panels(Extent.UpTo(64), 37), RoundingKernels.Panels(Extent.Of(9), 48), RoundingKernels.Weights(1200));

    private static SettingsTask Verify(string name, params PtxKernel[] kernels) =>
        Verifier.Verify(PtxModuleText.Of(kernels), "ptx").UseDirectory("Snapshots").UseMethodName(name);
}
