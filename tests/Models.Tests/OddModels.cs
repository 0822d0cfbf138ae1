using Transformer.Compiled;

namespace Models.Tests;

/// <summary>Models of sizes and choices that nobody tunes for: odd heads, odd vocabularies, one layer, one head.</summary>
public static partial class OddModels
{
    public static IReadOnlyDictionary<string, (Type Type, CompiledModel Model)> All { get; } = new Dictionary<string, (Type, CompiledModel)>
    {
        ["FiveHeadsOfSixteen"] = (typeof(FiveHeadsOfSixteen), new CompiledModel(
            FiveHeadsOfSixteen.Weights.Load,
            FiveHeadsOfSixteen.Weights.Initialize,
            (weights, team) => new FiveHeadsOfSixteen.Session((FiveHeadsOfSixteen.Weights)weights, team),
            (weights, optimizer, options) => new FiveHeadsOfSixteen.Trainer((FiveHeadsOfSixteen.Weights)weights, optimizer, options))),
        ["NineHeadsOverThree"] = (typeof(NineHeadsOverThree), new CompiledModel(
            NineHeadsOverThree.Weights.Load,
            NineHeadsOverThree.Weights.Initialize,
            (weights, team) => new NineHeadsOverThree.Session((NineHeadsOverThree.Weights)weights, team),
            (weights, optimizer, options) => new NineHeadsOverThree.Trainer((NineHeadsOverThree.Weights)weights, optimizer, options))),
        ["OneLayerOneHead"] = (typeof(OneLayerOneHead), new CompiledModel(
            OneLayerOneHead.Weights.Load,
            OneLayerOneHead.Weights.Initialize,
            (weights, team) => new OneLayerOneHead.Session((OneLayerOneHead.Weights)weights, team),
            (weights, optimizer, options) => new OneLayerOneHead.Trainer((OneLayerOneHead.Weights)weights, optimizer, options))),
        ["WideHeads"] = (typeof(WideHeads), new CompiledModel(
            WideHeads.Weights.Load,
            WideHeads.Weights.Initialize,
            (weights, team) => new WideHeads.Session((WideHeads.Weights)weights, team),
            (weights, optimizer, options) => new WideHeads.Trainer((WideHeads.Weights)weights, optimizer, options))),
        ["RelativeValues"] = (typeof(RelativeValues), new CompiledModel(
            RelativeValues.Weights.Load,
            RelativeValues.Weights.Initialize,
            (weights, team) => new RelativeValues.Session((RelativeValues.Weights)weights, team),
            (weights, optimizer, options) => new RelativeValues.Trainer((RelativeValues.Weights)weights, optimizer, options))),
        ["Dropping"] = (typeof(Dropping), new CompiledModel(
            Dropping.Weights.Load,
            Dropping.Weights.Initialize,
            (weights, team) => new Dropping.Session((Dropping.Weights)weights, team),
            (weights, optimizer, options) => new Dropping.Trainer((Dropping.Weights)weights, optimizer, options))),
    };

    [Transformer(VocabularySize = 131, ContextLength = 19, DModel = 80, Heads = 5, Layers = 1, FeedForwardDim = 200, Activation = Activation.Gelu)]
    [Training(BatchSize = 3, SequenceLength = 13)]
    [Inference(PrefillChunk = 4)]
    public sealed partial class FiveHeadsOfSixteen;

    [Transformer(
        VocabularySize = 53, ContextLength = 33, DModel = 63, Heads = 9, KeyValueHeads = 3, Layers = 2, FeedForwardDim = 101,
        Norm = NormKind.RmsNorm, NormEpsilon = 1e-6, QueryKeyNorm = true, Activation = Activation.Silu, Gated = true, Biases = false,
        Position = PositionKind.Rotary, RotaryDim = 6, PairLayout = PairLayout.Interleaved, RotaryTheta = 500,
        RotaryScaling = RotaryScalingKind.Linear, RotaryScalingFactor = 2.5, SlidingWindow = 5, TiedHead = false)]
    [Training(BatchSize = 2, SequenceLength = 17)]
    [Inference(PrefillChunk = 7)]
    public sealed partial class NineHeadsOverThree;

    [Transformer(
        VocabularySize = 7, ContextLength = 16, DModel = 34, Heads = 1, Layers = 1, FeedForwardDim = 1, Activation = Activation.Relu,
        NormPlacement = NormPlacement.Post, Position = PositionKind.Sinusoidal, PairLayout = PairLayout.Interleaved, HeadBias = true,
        EmbeddingScale = 5.5, Initialization = InitializationKind.Xavier)]
    [Training(BatchSize = 1, SequenceLength = 16)]
    [Inference(PrefillChunk = 16)]
    public sealed partial class OneLayerOneHead;

    [Transformer(
        VocabularySize = 30, ContextLength = 20, DModel = 24, Heads = 3, HeadDim = 10, KeyValueHeads = 1, Layers = 2, Norm = NormKind.RmsNorm,
        NormPlacement = NormPlacement.Post, Position = PositionKind.None, Activation = Activation.GeluTanh, Gated = true, QueryBias = false,
        FeedForwardBias = false, TiedHead = false, HeadBias = true, Initialization = InitializationKind.FanInUniform)]
    [Training(BatchSize = 2, SequenceLength = 9, Frozen = ["layers.0.attention.*", "head.bias"])]
    public sealed partial class WideHeads;

    [Transformer(
        VocabularySize = 53, ContextLength = 19, DModel = 33, Heads = 6, KeyValueHeads = 2, HeadDim = 5, ValueHeadDim = 7, Layers = 2, FeedForwardDim = 31,
        Position = PositionKind.RelativeKeysAndValues, RelativeMaxDistance = 6, SlidingWindow = 11)]
    [Training(BatchSize = 2, SequenceLength = 13)]
    [Inference(PrefillChunk = 7)]
    public sealed partial class RelativeValues;

    [Transformer(
        VocabularySize = 40, ContextLength = 24, DModel = 48, Heads = 3, Layers = 2, EmbeddingDropout = 0.1, AttentionDropout = 0.2,
        ResidualDropout = 0.3)]
    [Training(BatchSize = 2, SequenceLength = 24)]
    public sealed partial class Dropping;
}
