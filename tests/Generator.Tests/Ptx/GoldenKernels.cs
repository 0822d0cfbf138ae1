using Generator.Tests.Emission;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Generator.Tests.Ptx;

/// <summary>Kernels of every kind, at small shapes, whose text is under review: those that operations of small models are lowered to, by name, and others.</summary>
internal static class GoldenKernels
{
    private static readonly string[] s_names =
    [
        "Add_3x7",
        "AppendToCache_1x3x2x3_8_Bounded", "AppendToCache_3x1x2x3_8_Slots4096",
        "Attention_2x7x4x2_Of2_Causal_3F3504F3_LogNormalizers", "Attention_2x7x2x3_3F13CD3A_Masked_Bounded",
        "AttentionKeyValueGradient_2x7x4x2_Of2_Causal_3F3504F3",
        "AttentionMeans_2x7x2x4",
        "AttentionQueryGradient_2x7x2x3_3F13CD3A_Masked_Distances7_ScoreGradient",
        "AttentionWeights_2x6x2x3_Causal_3F13CD3A_Scores",
        "BinaryCrossEntropyGradient_6x3",
        "BinaryCrossEntropyRows_6x3",
        "CachedAttention_1x3x8x2x3_Causal_3F13CD3A_Bounded", "CachedAttention_3x1x8x2x6_Causal_Window3_3ED105EC_Slots4096",
        "CachedAttentionWeights_3x1x7x2x3_Causal_3F13CD3A_Scores_Slots4096",
        "CachedRelativeScores_3x8x2x3x7_3F13CD3A_Bounded",
        "CachedRelativeValues_3x8x2x3x7_Add",
        "Concatenate_6x5x3",
        "ConcatenateGradient_6x5x3",
        "Copy_2x6",
        "CrossAttention_3x1x5x2x3_3F13CD3A_Masked_Slots4096",
        "CrossAttentionWeights_1x3x3x2x2x4_Of1_Causal_3F3504F3_Masked",
        "DistancesGradient_2x7x7x2_7_Add",
        "Dropout_3x7_3E99999A_Add",
        "ElementLossMean_6",
        "ElementLossShare_6",
        "Embedding_14x6_Add_Bounded", "Embedding_14x6_Panels",
        "EmbeddingGradient_14x11x6_Accumulate", "EmbeddingGradient_14x11x6_Panels_Add",
        "GatedGelu_3x7", "GatedGeluGradient_3x7",
        "GatedGeluTanh_3x5", "GatedGeluTanhGradient_3x7",
        "GatedRelu_3x7", "GatedReluGradient_3x7",
        "GatedSilu_3x7", "GatedSiluGradient_3x7",
        "GatedTanh_3x7", "GatedTanhGradient_3x7",
        "Gelu_3x7", "GeluGradient_3x7",
        "GeluTanh_3x7", "GeluTanhGradient_3x7",
        "LayerNorm_14x6_3727C5AC_Statistics",
        "LayerNormInputGradient_6x5",
        "LayerNormParameterGradient_6x5_AccumulateTo_dBias",
        "Linear_3x8x9",
        "LinearBiasGradient_6x5_Add",
        "LinearInputGradient_14x8x9", "LinearInputGradient_14x8x9_BFloat16", "LinearInputGradient_14x8x9_Tf32",
        "LinearWeightGradient_14x8x9_Accumulate", "LinearWeightGradient_14x8x9_Accumulate_BFloat16", "LinearWeightGradient_14x8x9_Accumulate_Tf32",
        "MeanSquaredErrorGradient_6x3",
        "MeanSquaredErrorRows_6x3",
        "NormalizeRows_6x5_2B8CBCCC",
        "NormalizeRowsGradient_6x5_2B8CBCCC_Add",
        "PanelCopy_14x21",
        "Patches_2x3x5x7_2",
        "PoolFirst_2x3x5_Mask", "PoolFirstGradient_2x3x5_Mask",
        "PoolMax_2x7x6_Mask_Bounded", "PoolMaxGradient_2x3x5_Mask",
        "PoolMean_2x7x6_Mask_Bounded", "PoolMeanGradient_2x7x6_Mask",
        "PrependToken_2x3x5",
        "PrependTokenInputGradient_2x3x5_Add",
        "PrependTokenParameterGradient_2x3x5_Add",
        "Product_30",
        "RelativeBias_2x8_7_Causalx3",
        "RelativeBiasGradient_2x8_7x3_Add",
        "RelativeGather_2x3x3x2x2x3x5_Keys_3F13CD3A",
        "RelativeScores_2x3x3x2x2x3x5_Keys_3F13CD3A",
        "RelativeTableGradient_2x2x5x4x4x3x5_3F13CD3A_Add",
        "Relu_3x7", "ReluGradient_3x7",
        "RmsNorm_14x8_3727C5AC_Statistics",
        "RmsNormInputGradient_6x5",
        "RmsNormParameterGradient_6x5_Add",
        "Rotary_3x2x6_Interleaved4_Bounded", "RotaryGradient_14x2x2_Halves2",
        "ScaleBy_3F000000_3x7",
        "ScaleRows_6x5",
        "SelectRow_6",
        "Silu_3x7", "SiluGradient_3x7",
        "SoftmaxCrossEntropyGradient_6x3_Weighted",
        "SoftmaxCrossEntropyMean_2",
        "SoftmaxCrossEntropyRows_2x3",
        "SoftmaxCrossEntropyShares_2x3",
        "SoftmaxSumParameterGradient_3x1_AccumulateTo_dGamma",
        "SoftmaxSumShares_3",
        "SoftTargetCrossEntropyGradient_6x7",
        "SoftTargetCrossEntropyMean_6",
        "SoftTargetCrossEntropyRows_6x7",
        "SoftTargetCrossEntropyShare_6",
        "SpanLogits_6", "SpanLogitsGradient_6",
        "Tanh_3x7", "TanhGradient_3x7",
        "WeightedSum_3x6x5",
    ];

    /// <summary>Parts of a name that make a kernel another one, and not another shape or an addend more.</summary>
    private static readonly string[] s_stages = [nameof(Precision.Tf32), nameof(Precision.BFloat16), "Partial", "Total"];

    private static readonly HashSet<string> s_updates = [.. UpdateKernels.All.Select(kernel => kernel.Name)];
    private static readonly Lazy<Dictionary<string, PtxKernel>> s_lowered = new(Lower);

    /// <summary>The kernels of each kind.</summary>
    public static IReadOnlyDictionary<string, PtxKernel[]> ByKind { get; } =
        s_names.Select(name => s_lowered.Value.TryGetValue(name, out PtxKernel? kernel) ? kernel : throw new InvalidOperationException($"No operation of the small models is lowered to {name}: choose another of its kind."))
            .Concat(Others()).GroupBy(kernel => KindOf(kernel.Name)).ToDictionary(kind => kind.Key, kind => kind.ToArray());

    /// <summary>Every kernel that operations of the small models are lowered to, by name.</summary>
    public static IEnumerable<string> Lowered => s_lowered.Value.Keys;

    /// <summary>What a kernel is beside its shape: the first part of its name, with the precision of factors, or the stage of a sum in two of them. Those of optimizers have no shape.</summary>
    public static string KindOf(string kernel)
    {
        if (s_updates.Contains(kernel)) return kernel;
        string[] parts = kernel.Split('_');
        return string.Join('_', parts.Where((part, i) => i == 0 || s_stages.Contains(part)));
    }

    /// <summary>Kernels that no operation launches, forms of products and of sums that the small models are too small for.</summary>
    private static IEnumerable<PtxKernel> Others() =>
    [
        LinearKernels.Forward(new(Extent.Of(1), 96, 50), LinearBias.Added, Activation.Relu, Addend.None),
        LinearKernels.Forward(new(Extent.UpTo(64), 96, 64, Precision.Tf32), LinearBias.Added, null, Addend.None),
        LinearKernels.Forward(new(Extent.UpTo(64), 96, 64, Precision.BFloat16), LinearBias.Added, null, Addend.None),
        RoundingKernels.Panels(Extent.UpTo(64), 37),
        RoundingKernels.Panels(Extent.Of(9), 48),
        RoundingKernels.Weights(1200),
        .. ((ColumnTerms[])[ColumnTerms.Bias, ColumnTerms.LayerNorm, ColumnTerms.RmsNorm]).SelectMany(terms => ColumnSumKernels.Of(terms, 300, 36, AddedOutputs.None)),
        ArgmaxKernel.Of(Extent.Of(2), 50),
        SamplingKernels.Sample(new SamplingShape(Extent.Of(2), 50, 16)),
        SamplingKernels.Feed(new SamplingShape(Extent.Of(2), 50, 16)),
        .. UpdateKernels.All,
    ];

    private static Dictionary<string, PtxKernel> Lower()
    {
        var kernels = new Dictionary<string, PtxKernel>();
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            var lowering = new PtxLowering(slotStride: 4096, precision);
            foreach (PtxLaunch launch in LoweredOperations.All
                .Where(operation => precision == Precision.Float32 || operation is Linear or LinearInputGradient or LinearWeightGradient).SelectMany(operation => operation.LowerToPtx(lowering)))
                kernels[launch.Kernel.Name] = launch.Kernel;
        }

        return kernels;
    }
}
