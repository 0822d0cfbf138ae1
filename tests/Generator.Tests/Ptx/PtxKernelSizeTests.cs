using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Generator.Tests.Ptx;

/// <summary>The kernels of a training step of GPT-2 124M and of a Llama of 110M: what the driver has to compile, and what a multiprocessor has to hold.</summary>
public sealed class PtxKernelSizeTests
{
    private const int MostText = 40 * 1024;
    private const int MostModule = 2 * 1024 * 1024;
    private const int MostShared = 48 * 1024;
    private const int RegistersOfMultiprocessor = 64 * 1024;

    public static TheoryData<string> Models => ["Gpt2", "Llama"];

    [Theory]
    [MemberData(nameof(Models))]
    public void KernelsAreSmallAndFit(string model)
    {
        IReadOnlyList<PtxKernel> kernels = Kernels(model);
        string[] problems = [.. kernels.SelectMany(Problems)];
        Assert.True(problems.Length == 0, string.Join("\n", problems));
        Assert.InRange(PtxModuleText.Of(kernels).Length, 1, MostModule);
    }

    [Fact]
    public void TheSameShapeGivesTheSameText() => Assert.Equal(Kernels("Gpt2").Select(kernel => kernel.Text), Kernels("Gpt2").Select(kernel => kernel.Text));

    private static IEnumerable<string> Problems(PtxKernel kernel)
    {
        int most = Math.Min(255, RegistersOfMultiprocessor / kernel.Block.Count);
        if (kernel.Text.Length > MostText) yield return $"{kernel.Name}: {kernel.Text.Length} characters.";
        if (kernel.SharedBytes > MostShared) yield return $"{kernel.Name}: {kernel.SharedBytes} bytes of shared memory.";
        if (kernel.LiveRegisters > most) yield return $"{kernel.Name}: {kernel.LiveRegisters} registers of {most} in {kernel.Block.Count} threads.";
    }

    private static IReadOnlyList<PtxKernel> Kernels(string model)
    {
        bool isGpt2 = model == "Gpt2";
        (int rows, int width, int inner, int vocabulary) = isGpt2 ? (8 * 1024, 768, 3072, 50257) : (4 * 1024, 768, 2048, 32000);
        Activation activation = isGpt2 ? Activation.GeluTanh : Activation.Silu;
        AttentionShape heads = Heads(rows / 1024, 1024, 12, isGpt2 ? 12 : 4);
        SequenceAttention attention = new(heads, AttentionTermKinds.None, Reach: 0, isGpt2 ? 0.1f : 0f, AttentionBounds.None);
        CacheShape cache = new(heads with { Sequences = 1, Queries = 64 }, 1024, 0, AttentionTermKinds.None, Reach: 0, AttentionBounds.Queries);
        NormShape norm = new(Extent.Of(rows), width);
        EmbeddingShape embedding = new(Extent.Of(rows), vocabulary, width, 1f, TableLayout.Panels);
        CrossEntropyShape loss = new(rows, vocabulary, 0f, ClassWeights.None);
        List<PtxKernel> kernels =
        [
            NormKernels.LayerNorm(norm, 1e-5f, NormStatistics.Kept), NormKernels.LayerNormInputGradient(norm, Addend.Added),
            NormKernels.RmsNorm(norm, 1e-5f, 0f, NormStatistics.Kept), NormKernels.RmsNormInputGradient(norm, 0f, Addend.Added),
            .. ColumnSumKernels.Of(ColumnTerms.LayerNorm, rows, width, AddedOutputs.None), .. ColumnSumKernels.Of(ColumnTerms.RmsNorm, rows, width, AddedOutputs.Of([Addend.Added])),
            ElementwiseKernels.GatedActivate(Extent.Of(rows), inner, activation), ElementwiseKernels.GatedActivateGradient(Extent.Of(rows), inner, activation),
            ElementwiseKernels.ActivateGradient(Extent.Of(rows), inner, activation), DropoutKernel.Of(Extent.Of(rows), width, 0.1f, Addend.Added),
            EmbeddingKernels.Forward(embedding, Addend.Added), EmbeddingKernels.Gradient(embedding, -1, Addend.Added),
            SoftmaxCrossEntropyKernels.Rows(loss), SoftmaxCrossEntropyKernels.Mean(loss), SoftmaxCrossEntropyKernels.Shares(loss), SoftmaxCrossEntropyKernels.Gradient(loss),
            AdamKernel.Of(124_439_808, ParameterKind.Projection), GradientNormKernels.Squares(124_439_808), GradientNormKernels.Scale(124_439_808),
            RotaryKernel.Of(new(Extent.Of(rows), 12, 64, 64, PairLayout.Halves), Turn.Forward),
            FlashAttentionKernels.Forward(attention, LogNormalizers.Kept), AttentionGradientKernels.Means(attention),
            AttentionGradientKernels.Queries(attention, WeightGradient.None, ScoreGradient.Dropped), AttentionGradientKernels.KeysAndValues(attention, WeightGradient.None),
            AppendToCacheKernel.Of(cache, 64), CachedAttentionKernels.Of(cache), CachedAttentionKernels.Of(cache with { Shape = cache.Shape with { Queries = 1 } }),
            LinearKernels.Forward(new(Extent.UpTo(8), width, vocabulary), LinearBias.None, null, Addend.None),
        ];
        foreach ((int inputs, int outputs) in new[] { (width, 3 * width), (width, width), (width, inner), (inner, width), (width, vocabulary) })
        {
            LinearShape shape = new(Extent.Of(rows), inputs, outputs);
            kernels.Add(LinearKernels.Forward(shape, LinearBias.Added, activation, Addend.Added));
            kernels.Add(LinearKernels.InputGradient(shape, Addend.Added));
            kernels.Add(LinearKernels.WeightGradient(shape, Addend.Added));
            kernels.Add(PanelCopyKernel.Of(Extent.Of(rows), inputs));
            kernels.AddRange(ColumnSumKernels.Of(ColumnTerms.Bias, rows, outputs, AddedOutputs.None));
            kernels.Add(LinearKernels.Forward(new(Extent.UpTo(64), inputs, outputs), LinearBias.Added, activation, Addend.None));
            kernels.Add(LinearKernels.Forward(new(Extent.Of(1), inputs, outputs), LinearBias.Added, activation, Addend.None));
        }

        return [.. kernels.GroupBy(kernel => kernel.Name, StringComparer.Ordinal).Select(same => same.First())];
    }

    private static AttentionShape Heads(int sequences, int length, int heads, int keyValueHeads) => new(
        new AttentionSpec
        {
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = 64,
            ValueHeadDim = 64,
            QueryBias = false,
            KeyBias = false,
            ValueBias = false,
            OutputBias = false,
            QueryKeyNorm = false,
            Causal = true,
            SlidingWindow = 0,
            Scale = 0.125f,
        },
        sequences,
        length);
}
