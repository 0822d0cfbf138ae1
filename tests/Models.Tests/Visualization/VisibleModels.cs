using Transformer.Compiled;

namespace Models.Tests.Visualization;

/// <summary>Tiny models of each architecture whose attention can be seen.</summary>
public static partial class VisibleModels
{
    /// <summary>Shared key heads, rotary positions, a window, chunks that do not divide a prompt.</summary>
    [Transformer(
        VocabularySize = 23, ContextLength = 19, DModel = 24, Heads = 3, KeyValueHeads = 1, Layers = 2, FeedForwardDim = 17,
        Position = PositionKind.Rotary, SlidingWindow = 5, Activation = Activation.Relu)]
    [Inference(Batch = 3, PrefillChunk = 4)]
    [CaptureAttention]
    public sealed partial class Decoder;

    [Transformer(
        Architecture = Architecture.EncoderOnly, VocabularySize = 23, ContextLength = 11, DModel = 20, Heads = 5, Layers = 2, FeedForwardDim = 17,
        Activation = Activation.Relu)]
    [Inference(Batch = 2)]
    [CaptureAttention]
    public sealed partial class Reader;

    /// <summary>The one of docs/visualisation.md.</summary>
    [Transformer(
        Architecture = Architecture.EncoderDecoder, VocabularySize = 23, SourceVocabularySize = 19, ContextLength = 7, SourceLength = 13, DModel = 20,
        Heads = 5, Layers = 3)]
    [CaptureAttention]
    public sealed partial class Translator;

    /// <summary>Stacks of different depths, a source longer than the target's context.</summary>
    [Transformer(
        Architecture = Architecture.EncoderDecoder, VocabularySize = 23, SourceVocabularySize = 19, ContextLength = 7, SourceLength = 13, DModel = 20,
        Heads = 5, Layers = 3, EncoderLayers = 2, FeedForwardDim = 17, Activation = Activation.Relu)]
    [Inference(Batch = 2, PrefillChunk = 4)]
    [CaptureAttention]
    public sealed partial class Pair;
}
