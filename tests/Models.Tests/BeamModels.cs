using Transformer.Compiled;

namespace Models.Tests;

/// <summary>One tiny model for one row and for three: the same parameters, the same texts.</summary>
public static partial class BeamModels
{
    [Transformer(
        VocabularySize = 3, ContextLength = 35, DModel = 20, Heads = 2, KeyValueHeads = 1, Layers = 2, FeedForwardDim = 31,
        Position = PositionKind.Rotary, TiedHead = false)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class OneRow;

    [Transformer(
        VocabularySize = 3, ContextLength = 35, DModel = 20, Heads = 2, KeyValueHeads = 1, Layers = 2, FeedForwardDim = 31,
        Position = PositionKind.Rotary, TiedHead = false)]
    [Inference(Batch = 3, PrefillChunk = 5)]
    public sealed partial class ThreeRows;
}
