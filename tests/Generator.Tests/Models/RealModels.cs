using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Models;

/// <summary>Models of sizes that people run.</summary>
internal static class RealModels
{
    private static readonly Dictionary<string, string> s_attributes = new()
    {
        ["GPT-2 124M"] = """
            [Transformer(VocabularySize = 50257, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 12,
                EmbeddingDropout = 0.1, AttentionDropout = 0.1, ResidualDropout = 0.1), Training(BatchSize = 4, SequenceLength = 1024)]
            """,
        ["char model"] = "[Transformer(VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = 6), Training(BatchSize = 8, SequenceLength = 256)]",
        ["Llama 110M"] = """
            [Transformer(VocabularySize = 32000, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 12, FeedForwardDim = 2048,
                Gated = true, Activation = Activation.Silu, Norm = NormKind.RmsNorm, Position = PositionKind.Rotary, Biases = false, TiedHead = false),
             Training(BatchSize = 4, SequenceLength = 256)]
            """,
        ["small Llama"] = """
            [Transformer(VocabularySize = 32000, ContextLength = 2048, DModel = 576, Heads = 9, KeyValueHeads = 3, Layers = 30, FeedForwardDim = 1536,
                Gated = true, Activation = Activation.Silu, Norm = NormKind.RmsNorm, Position = PositionKind.Rotary, Biases = false),
             Inference(Batch = 2, PrefillChunk = 128), Training(BatchSize = 2, SequenceLength = 512)]
            """,
        ["Mistral-like"] = """
            [Transformer(VocabularySize = 32000, ContextLength = 8192, DModel = 4096, Heads = 32, KeyValueHeads = 8, Layers = 32, FeedForwardDim = 14336,
                SlidingWindow = 4096, Gated = true, Activation = Activation.Silu, Norm = NormKind.RmsNorm, Position = PositionKind.Rotary, Biases = false,
                TiedHead = false)]
            """,
        ["96 layers"] = """
            [Transformer(VocabularySize = 50257, ContextLength = 2048, DModel = 1536, Heads = 16, Layers = 96, ResidualDropout = 0.1),
             Training(BatchSize = 1, SequenceLength = 512)]
            """,
        ["four layers, post-norm"] = """
            [Transformer(VocabularySize = 131, ContextLength = 64, DModel = 80, Heads = 5, Layers = 4, FeedForwardDim = 200, NormPlacement = NormPlacement.Post,
                Position = PositionKind.Sinusoidal, Activation = Activation.Relu, ResidualDropout = 0.1), Training(BatchSize = 3, SequenceLength = 33)]
            """,
    };

    private static readonly Dictionary<string, ModelDeclaration> s_declarations = s_attributes.ToDictionary(pair => pair.Key, pair => Declared.Of(pair.Value));

    public static string Attributes(string name) => s_attributes[name];

    public static IEnumerable<string> Names => s_attributes.Keys;

    public static ModelDeclaration Declaration(string name) => s_declarations[name];
}
