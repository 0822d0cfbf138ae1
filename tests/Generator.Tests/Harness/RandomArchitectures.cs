using System.Globalization;

namespace Generator.Tests.Harness;

/// <summary>Declarations of encoders, encoder–decoders and decoders that combine every choice freely, also such that do not fit together.</summary>
internal static class RandomArchitectures
{
    private static readonly string[] s_architectures = ["DecoderOnly", "EncoderOnly", "EncoderDecoder"];
    private static readonly (string Name, string Type, string[] Values)[] s_choices =
    [
        ("Head", "HeadKind", ["LanguageModel", "MaskedLanguageModel", "SequenceClassification", "TokenClassification", "SpanExtraction", "None"]),
        ("Position", "PositionKind",
            ["None", "Learned", "Sinusoidal", "Rotary", "RelativeBias", "RelativeKeys", "RelativeKeysAndQueries", "RelativeKeysAndValues", "Alibi", "LearnedPerProjection"]),
        ("PositionCombination", "PositionCombination", ["Added", "Concatenated", "ConcatenatedAndProjected"]),
        ("Residual", "ResidualKind", ["Sequential", "Parallel", "ParallelSharedNorm", "None"]),
        ("PairMask", "PairMask", ["None", "Boolean", "Additive", "Multiplicative"]),
        ("Pooling", "PoolingKind", ["None", "First", "Mean", "Max"]),
        ("Norm", "NormKind", ["LayerNorm", "RmsNorm"]),
        ("NormPlacement", "NormPlacement", ["Pre", "Post"]),
        ("Activation", "Activation", ["Relu", "Tanh"]),
        ("Initialization", "InitializationKind", ["Gpt2", "XavierAll"]),
    ];

    private static readonly string[] s_flags =
    [
        "AttentionOutput", "LinearFeedForward", "Gated", "EmbeddingNorm", "FinalNorm", "LayerSum", "PositionEveryLayer", "HeadTransform", "Pooler",
        "NormalizePooled", "InputMask", "TiedHead", "HeadBias", "QueryKeyNorm", "SharedEmbeddings", "Causal",
    ];

    private static readonly (string Name, int Least, int Most)[] s_sizes =
    [
        ("KeyValueHeads", 1, 3), ("HeadDim", 1, 8), ("ValueHeadDim", 1, 8), ("SourceVocabularySize", 2, 9), ("SourceLength", 1, 9), ("EncoderLayers", 1, 2),
        ("Labels", 1, 4), ("TokenTypes", 0, 3), ("RelativeBuckets", 3, 12), ("RelativeMaxDistance", 1, 9), ("PositionWidth", 1, 14), ("SlidingWindow", 0, 5),
        ("ImageHeight", 2, 6), ("PatchSize", 1, 3), ("Channels", 1, 2),
    ];

    /// <summary>The attributes of one class.</summary>
    public static string Attributes(int seed)
    {
        var random = new Random(seed);
        string architecture = s_architectures[random.Next(s_architectures.Length)];
        List<string> values =
        [
            $"Architecture = Architecture.{architecture}", $"VocabularySize = {random.Next(2, 12)}", $"ContextLength = {random.Next(1, 9)}",
            $"DModel = {2 * random.Next(1, 7)}", $"Heads = {random.Next(1, 4)}", "Layers = 2",
            .. s_choices.Where(_ => random.Next(3) == 0).Select(c => $"{c.Name} = {c.Type}.{c.Values[random.Next(c.Values.Length)]}"),
            .. s_flags.Where(_ => random.Next(6) == 0).Select(flag => $"{flag} = {(random.Next(2) == 0 ? "false" : "true")}"),
            .. s_sizes.Where(_ => random.Next(5) == 0).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Name} = {random.Next(s.Least, s.Most + 1)}")),
        ];
        string inference = random.Next(2) == 0 ? "" : $"[Inference(Batch = {random.Next(1, 4)})]";
        string training = random.Next(3) == 0 ? "" : $"[Training(BatchSize = {random.Next(1, 4)})]";
        return $"[Transformer({string.Join(", ", values)})] {inference} {training}";
    }
}
