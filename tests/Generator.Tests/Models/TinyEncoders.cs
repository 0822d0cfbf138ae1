using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Models;

/// <summary>Encoders and encoder–decoders that are small enough to interpret, and differ in all choices that decoders have not got.</summary>
internal static class TinyEncoders
{
    private const string Encoder = "Architecture = Architecture.EncoderOnly, DModel = 6, Heads = 2, Layers = 2";
    private const string Text = Encoder + ", VocabularySize = 11, ContextLength = 7";
    private const string Pair = "Architecture = Architecture.EncoderDecoder, DModel = 6, Heads = 2, Layers = 2, VocabularySize = 11, ContextLength = 7";
    private const string Programs = "[Inference(Batch = 2), Training(BatchSize = 2)]";
    private const string PairPrograms = "[Inference(Batch = 3, PrefillChunk = 3), Training(BatchSize = 2, SequenceLength = 6)]";

    private static readonly Dictionary<string, string> s_attributes = new()
    {
        ["bert"] = $"""
            [Transformer({Text}, TokenTypes = 2, EmbeddingNorm = true, NormPlacement = NormPlacement.Post, Activation = Activation.Gelu,
                Head = HeadKind.MaskedLanguageModel)]
            """ + "[Inference(Batch = 2, HiddenStates = true), Training(BatchSize = 2)]",
        ["classifier"] = $"[Transformer({Text}, Head = HeadKind.SequenceClassification, Labels = 3, HeadDropout = 0.2, FeedForwardDropout = 0.1)]" + Programs,
        ["regression by mean"] = $"[Transformer({Text}, Head = HeadKind.SequenceClassification, Labels = 1, Pooling = PoolingKind.Mean)]"
            + "[Inference(Batch = 2), Training(BatchSize = 2, Loss = LossKind.MeanSquaredError)]",
        ["token labels"] = $"[Transformer({Text}, Head = HeadKind.TokenClassification, Labels = 5, Position = PositionKind.RelativeBias, RelativeBuckets = 6, RelativeMaxDistance = 5)]" + Programs,
        ["spans"] = $"[Transformer({Text}, Head = HeadKind.SpanExtraction, Position = PositionKind.Rotary, HeadDim = 4, ValueHeadDim = 3)]" + Programs,
        ["embeddings"] = $"[Transformer({Text}, Pooling = PoolingKind.Max, NormalizePooled = true, PairMask = PairMask.Additive, InputMask = true)]" + "[Inference(Batch = 2)]",
        ["images"] = $"[Transformer({Encoder}, ImageHeight = 4, ImageWidth = 6, PatchSize = 2, Channels = 2, Head = HeadKind.SequenceClassification, Labels = 4, Pooler = false)]" + Programs,
        ["without residual"] = $"""
            [Transformer({Text}, Residual = ResidualKind.None, LinearFeedForward = true, AttentionOutput = false, LayerSum = true, PairMask = PairMask.Multiplicative,
                InputMask = true, Position = PositionKind.Sinusoidal, PositionCombination = PositionCombination.Concatenated, PositionWidth = 2,
                Head = HeadKind.TokenClassification, Labels = 3)]
            """ + Programs,
        ["positions everywhere"] = $"""
            [Transformer({Text}, PositionCombination = PositionCombination.ConcatenatedAndProjected, PositionWidth = 5, Head = HeadKind.TokenClassification, Labels = 3)]
            """ + Programs,
        ["positions per projection"] = $"[Transformer({Text}, Position = PositionKind.LearnedPerProjection, Head = HeadKind.TokenClassification, Labels = 3)]" + Programs,
        ["positions at each layer"] = $"[Transformer({Text}, PositionEveryLayer = true, Residual = ResidualKind.Parallel, Head = HeadKind.TokenClassification, Labels = 3)]" + Programs,
        ["2017"] = $"""
            [Transformer({Pair}, SourceVocabularySize = 13, SourceLength = 5, EncoderLayers = 1, NormPlacement = NormPlacement.Post, FinalNorm = true,
                Activation = Activation.Relu, Position = PositionKind.Sinusoidal, TiedHead = false, HeadBias = true, AttentionDropout = 0.1,
                FeedForwardDropout = 0.2, ResidualDropout = 0.1)]
            """ + "[Inference(Batch = 3, PrefillChunk = 3), Training(BatchSize = 2, SequenceLength = 6, SourceLength = 4)]",
        ["t5"] = $"""
            [Transformer({Pair}, HeadDim = 4, ValueHeadDim = 5, Norm = NormKind.RmsNorm, Biases = false, Gated = true, Position = PositionKind.RelativeBias,
                RelativeBuckets = 8, RelativeMaxDistance = 6)]
            """ + PairPrograms,
        ["relative keys"] = $"[Transformer({Text}, Position = PositionKind.RelativeKeys, Head = HeadKind.TokenClassification, Labels = 3)]" + Programs,
        ["relative keys and queries"] = $"[Transformer({Text}, Position = PositionKind.RelativeKeysAndQueries, RelativeMaxDistance = 4, Head = HeadKind.TokenClassification, Labels = 3)]" + Programs,
        ["relative keys and values"] = $"[Transformer({Text}, Position = PositionKind.RelativeKeysAndValues, ValueHeadDim = 4, RelativeMaxDistance = 4, AttentionDropout = 0.2, Head = HeadKind.TokenClassification, Labels = 3)]" + Programs,
        ["relative values pair"] = $"[Transformer({Pair}, Position = PositionKind.RelativeKeysAndValues, RelativeMaxDistance = 3)]" + PairPrograms,
        ["relative pair"] = $"[Transformer({Pair}, Position = PositionKind.RelativeKeys, RelativeMaxDistance = 3)]" + PairPrograms,
        ["alibi pair"] = $"[Transformer({Pair}, Position = PositionKind.Alibi, SourceLength = 9)]" + PairPrograms,
    };

    private static readonly Dictionary<string, ModelDeclaration> s_declarations = s_attributes.ToDictionary(pair => pair.Key, pair => Declared.Of(pair.Value));

    public static IEnumerable<string> Names => s_attributes.Keys;

    public static string Attributes(string name) => s_attributes[name];

    public static ModelDeclaration Declaration(string name) => s_declarations[name];
}
