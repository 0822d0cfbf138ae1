using Generator.Tests.Models;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Ptx;
using VerifyXunit;

namespace Generator.Tests.Ptx;

/// <summary>The text of kernels of every kind that the generator can emit.</summary>
public sealed class PtxKernelTextTests
{
    public static TheoryData<string> Kinds => [.. GoldenKernels.ByKind.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task TextIsAsReviewed(string kind)
    {
        string text = PtxModuleText.Of(GoldenKernels.ByKind[kind]);
        PtxValidator.Validate(PtxModule.Parse(text));
        await Verifier.Verify(text, "ptx").UseDirectory("Snapshots").UseMethodName(kind);
    }

    /// <summary>Whatever operations are lowered to, and all else that modules of whole models have.</summary>
    [Fact]
    public void EveryKindHasAReviewedText()
    {
        IEnumerable<string> kernels = GoldenKernels.Lowered
            .Concat(EntriesOf(RealModels.Attributes("GPT-2 124M"), "Float32")).Concat(EntriesOf(RealModels.Attributes("GPT-2 124M"), "BFloat16")).Concat(EntriesOf(RealModels.Attributes("small Llama"), "Tf32"));
        Assert.Empty(kernels.Select(GoldenKernels.KindOf).Except(GoldenKernels.ByKind.Keys).Distinct().Order());
    }

    private static IEnumerable<string> EntriesOf(string attributes, string precision) =>
        Modules.Of(attributes, precision).Values.SelectMany(module => PtxModule.Parse(module).Entries).Select(entry => entry.Name);
}
