using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Models;

/// <summary>Models that are small enough to interpret, and differ in all choices of a spec.</summary>
internal static class TinyModels
{
    /// <summary>Decoded side by side, prefilled in chunks that do not divide a prompt, trained on two sequences.</summary>
    private const string Programs = "[Inference(Batch = 3, PrefillChunk = 3), Training(BatchSize = 2, SequenceLength = 7)]";

    private static readonly Dictionary<string, string> s_attributes = new()
    {
        ["gpt2"] = "[Transformer(VocabularySize = 11, ContextLength = 8, DModel = 6, Heads = 2, Layers = 2)]" + Programs,
        ["relative keys and values"] = """
            [Transformer(VocabularySize = 11, ContextLength = 8, DModel = 6, Heads = 2, KeyValueHeads = 1, Layers = 2, SlidingWindow = 5,
                Position = PositionKind.RelativeKeysAndValues, RelativeMaxDistance = 4)]
            """ + Programs,
        ["llama"] = """
            [Transformer(VocabularySize = 11, ContextLength = 8, DModel = 8, Heads = 4, KeyValueHeads = 2, Layers = 2, FeedForwardDim = 9, Gated = true,
                Activation = Activation.Silu, Norm = NormKind.RmsNorm, Position = PositionKind.Rotary, Biases = false, TiedHead = false)]
            """ + Programs,
        ["post-norm"] = """
            [Transformer(VocabularySize = 11, ContextLength = 8, DModel = 6, Heads = 3, Layers = 2, NormPlacement = NormPlacement.Post,
                Activation = Activation.Relu, Position = PositionKind.Sinusoidal, EmbeddingScale = 2.5, HeadBias = true)]
            """ + Programs,
        ["windowed with dropout"] = """
            [Transformer(VocabularySize = 11, ContextLength = 8, DModel = 12, Heads = 2, Layers = 3, SlidingWindow = 3, QueryKeyNorm = true,
                Activation = Activation.Gelu, Position = PositionKind.Rotary, RotaryDim = 4, PairLayout = PairLayout.Interleaved,
                EmbeddingDropout = 0.1, AttentionDropout = 0.2, ResidualDropout = 0.3, TiedHead = false, HeadBias = true)]
            """ + Programs,
        ["grouped with odd heads"] = """
            [Transformer(VocabularySize = 13, ContextLength = 9, DModel = 6, Heads = 3, KeyValueHeads = 1, HeadDim = 7, Layers = 2, FeedForwardDim = 5,
                Gated = true, Activation = Activation.GeluTanh, Norm = NormKind.RmsNorm, QueryKeyNorm = true, Position = PositionKind.Rotary, RotaryDim = 6,
                RotaryScaling = RotaryScalingKind.Linear, RotaryScalingFactor = 2, AttentionOutputBias = false, FeedForwardBias = false)]
            """ + Programs,
        ["post-norm with dropout"] = """
            [Transformer(VocabularySize = 11, ContextLength = 8, DModel = 6, Heads = 1, Layers = 1, NormPlacement = NormPlacement.Post, Norm = NormKind.RmsNorm,
                Gated = true, Activation = Activation.Relu, Position = PositionKind.None, KeyBias = false, ResidualDropout = 0.5, EmbeddingDropout = 0.25)]
            """ + Programs,
        ["frozen embeddings"] = """
            [Transformer(VocabularySize = 11, ContextLength = 8, DModel = 6, Heads = 2, Layers = 2, ResidualDropout = 0.2),
             Inference(Batch = 3, PrefillChunk = 3), Training(BatchSize = 2, SequenceLength = 7, Frozen = ["embedding.*", "layers.0.*.bias", "*norm.weight"])]
            """,
        ["one position"] = """
            [Transformer(VocabularySize = 3, ContextLength = 1, DModel = 1, Heads = 1, Layers = 1), Inference(Batch = 1, PrefillChunk = 1),
             Training(BatchSize = 1, SequenceLength = 1, LabelSmoothing = 0.2, ClassWeights = [1, 0.5, 2])]
            """,
    };

    private static readonly Dictionary<string, ModelDeclaration> s_declarations = s_attributes.ToDictionary(pair => pair.Key, pair => Declared.Of(pair.Value));

    public static IEnumerable<string> Names => s_attributes.Keys;

    public static ModelDeclaration Declaration(string name) => s_declarations[name];
}
