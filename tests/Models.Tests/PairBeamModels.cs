using Transformer.Compiled;

namespace Models.Tests;

/// <summary>One tiny encoder–decoder for one row, for three and for as many as all texts of three tokens need: the same parameters.</summary>
public static partial class PairBeamModels
{
    [Transformer(
        Architecture = Architecture.EncoderDecoder, VocabularySize = 3, SourceVocabularySize = 5, ContextLength = 21, SourceLength = 7, DModel = 20,
        Heads = 2, KeyValueHeads = 1, Layers = 2, EncoderLayers = 1, FeedForwardDim = 31, Position = PositionKind.Rotary, TiedHead = false)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class OneRow;

    [Transformer(
        Architecture = Architecture.EncoderDecoder, VocabularySize = 3, SourceVocabularySize = 5, ContextLength = 21, SourceLength = 7, DModel = 20,
        Heads = 2, KeyValueHeads = 1, Layers = 2, EncoderLayers = 1, FeedForwardDim = 31, Position = PositionKind.Rotary, TiedHead = false)]
    [Inference(Batch = 3, PrefillChunk = 5)]
    public sealed partial class ThreeRows;

    [Transformer(
        Architecture = Architecture.EncoderDecoder, VocabularySize = 3, SourceVocabularySize = 5, ContextLength = 21, SourceLength = 7, DModel = 20,
        Heads = 2, KeyValueHeads = 1, Layers = 2, EncoderLayers = 1, FeedForwardDim = 31, Position = PositionKind.Rotary, TiedHead = false)]
    [Inference(Batch = 24, PrefillChunk = 5)]
    public sealed partial class ManyRows;
}
