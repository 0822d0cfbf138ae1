using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>A generated encoder behind the faces that all share, with its attributes; not all have a trainer.</summary>
public sealed record OddEncoder(
    Type Type,
    Func<ulong, ModelWeights> Initialize,
    Func<ModelWeights, ComputeTeam?, IEncoder> Encoder,
    Func<ModelWeights, Optimizer, TrainerOptions?, ModelTrainer>? Trainer);

/// <summary>Encoders of sizes and choices that nobody tunes for.</summary>
public static partial class OddEncoders
{
    public static IReadOnlyDictionary<string, OddEncoder> All { get; } = new Dictionary<string, OddEncoder>
    {
        [nameof(FiveHeadsOfTwelve)] = new(
            typeof(FiveHeadsOfTwelve),
            FiveHeadsOfTwelve.Weights.Initialize,
            (w, team) => new FiveHeadsOfTwelve.Encoder((FiveHeadsOfTwelve.Weights)w, team),
            (w, o, p) => new FiveHeadsOfTwelve.Trainer((FiveHeadsOfTwelve.Weights)w, o, p)),
        [nameof(NarrowValues)] = new(
            typeof(NarrowValues),
            NarrowValues.Weights.Initialize,
            (w, team) => new NarrowValues.Encoder((NarrowValues.Weights)w, team),
            (w, o, p) => new NarrowValues.Trainer((NarrowValues.Weights)w, o, p)),
        [nameof(OneLayerOneHead)] = new(
            typeof(OneLayerOneHead),
            OneLayerOneHead.Weights.Initialize,
            (w, team) => new OneLayerOneHead.Encoder((OneLayerOneHead.Weights)w, team),
            (w, o, p) => new OneLayerOneHead.Trainer((OneLayerOneHead.Weights)w, o, p)),
        [nameof(RelativeBias)] = new(
            typeof(RelativeBias),
            RelativeBias.Weights.Initialize,
            (w, team) => new RelativeBias.Encoder((RelativeBias.Weights)w, team),
            (w, o, p) => new RelativeBias.Trainer((RelativeBias.Weights)w, o, p)),
        [nameof(RelativeKeys)] = new(
            typeof(RelativeKeys),
            RelativeKeys.Weights.Initialize,
            (w, team) => new RelativeKeys.Encoder((RelativeKeys.Weights)w, team),
            (w, o, p) => new RelativeKeys.Trainer((RelativeKeys.Weights)w, o, p)),
        [nameof(RelativeKeysAndValues)] = new(
            typeof(RelativeKeysAndValues),
            RelativeKeysAndValues.Weights.Initialize,
            (w, team) => new RelativeKeysAndValues.Encoder((RelativeKeysAndValues.Weights)w, team),
            (w, o, p) => new RelativeKeysAndValues.Trainer((RelativeKeysAndValues.Weights)w, o, p)),
        [nameof(RelativeKeysAndQueries)] = new(
            typeof(RelativeKeysAndQueries),
            RelativeKeysAndQueries.Weights.Initialize,
            (w, team) => new RelativeKeysAndQueries.Encoder((RelativeKeysAndQueries.Weights)w, team),
            (w, o, p) => new RelativeKeysAndQueries.Trainer((RelativeKeysAndQueries.Weights)w, o, p)),
        [nameof(PositionsPerProjection)] = new(
            typeof(PositionsPerProjection),
            PositionsPerProjection.Weights.Initialize,
            (w, team) => new PositionsPerProjection.Encoder((PositionsPerProjection.Weights)w, team),
            (w, o, p) => new PositionsPerProjection.Trainer((PositionsPerProjection.Weights)w, o, p)),
        [nameof(Concatenated)] = new(
            typeof(Concatenated),
            Concatenated.Weights.Initialize,
            (w, team) => new Concatenated.Encoder((Concatenated.Weights)w, team),
            (w, o, p) => new Concatenated.Trainer((Concatenated.Weights)w, o, p)),
        [nameof(ConcatenatedAndProjected)] = new(
            typeof(ConcatenatedAndProjected),
            ConcatenatedAndProjected.Weights.Initialize,
            (w, team) => new ConcatenatedAndProjected.Encoder((ConcatenatedAndProjected.Weights)w, team),
            (w, o, p) => new ConcatenatedAndProjected.Trainer((ConcatenatedAndProjected.Weights)w, o, p)),
        [nameof(PositionsEveryLayer)] = new(
            typeof(PositionsEveryLayer),
            PositionsEveryLayer.Weights.Initialize,
            (w, team) => new PositionsEveryLayer.Encoder((PositionsEveryLayer.Weights)w, team),
            (w, o, p) => new PositionsEveryLayer.Trainer((PositionsEveryLayer.Weights)w, o, p)),
        [nameof(WithoutResidual)] = new(
            typeof(WithoutResidual),
            WithoutResidual.Weights.Initialize,
            (w, team) => new WithoutResidual.Encoder((WithoutResidual.Weights)w, team),
            (w, o, p) => new WithoutResidual.Trainer((WithoutResidual.Weights)w, o, p)),
        [nameof(BooleanPairs)] = new(
            typeof(BooleanPairs),
            BooleanPairs.Weights.Initialize,
            (w, team) => new BooleanPairs.Encoder((BooleanPairs.Weights)w, team),
            (w, o, p) => new BooleanPairs.Trainer((BooleanPairs.Weights)w, o, p)),
        [nameof(AdditivePairs)] = new(
            typeof(AdditivePairs),
            AdditivePairs.Weights.Initialize,
            (w, team) => new AdditivePairs.Encoder((AdditivePairs.Weights)w, team),
            (w, o, p) => new AdditivePairs.Trainer((AdditivePairs.Weights)w, o, p)),
        [nameof(Images)] = new(
            typeof(Images),
            Images.Weights.Initialize,
            (w, team) => new Images.Encoder((Images.Weights)w, team),
            (w, o, p) => new Images.Trainer((Images.Weights)w, o, p)),
        [nameof(WholeImage)] = new(
            typeof(WholeImage),
            WholeImage.Weights.Initialize,
            (w, team) => new WholeImage.Encoder((WholeImage.Weights)w, team),
            (w, o, p) => new WholeImage.Trainer((WholeImage.Weights)w, o, p)),
        [nameof(Dropping)] = new(
            typeof(Dropping),
            Dropping.Weights.Initialize,
            (w, team) => new Dropping.Encoder((Dropping.Weights)w, team),
            (w, o, p) => new Dropping.Trainer((Dropping.Weights)w, o, p)),
        [nameof(Embeddings)] = new(
            typeof(Embeddings),
            Embeddings.Weights.Initialize,
            (w, team) => new Embeddings.Encoder((Embeddings.Weights)w, team),
            null),
    };

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 131, ContextLength = 13, DModel = 60, Heads = 5, Layers = 1, FeedForwardDim = 101, TokenTypes = 3,
        EmbeddingNorm = true, NormPlacement = NormPlacement.Post, Activation = Activation.Gelu, Head = HeadKind.MaskedLanguageModel)]
    [Training(BatchSize = 3), Inference(Batch = 3, HiddenStates = true)]
    public sealed partial class FiveHeadsOfTwelve;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 23, ContextLength = 11, DModel = 34, Heads = 3, HeadDim = 20, ValueHeadDim = 7, Layers = 2, FeedForwardDim = 37,
        Norm = NormKind.RmsNorm, NormEpsilon = 1e-6, Gated = true, Activation = Activation.Silu, Biases = false, Position = PositionKind.Rotary,
        RotaryDim = 6, PairLayout = PairLayout.Interleaved, QueryKeyNorm = true, Head = HeadKind.SpanExtraction)]
    [Training(BatchSize = 2), Inference(Batch = 2, HiddenStates = true)]
    public sealed partial class NarrowValues;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 7, ContextLength = 5, DModel = 10, Heads = 1, Layers = 1, FeedForwardDim = 1, NormPlacement = NormPlacement.Post,
        FinalNorm = true, Position = PositionKind.Sinusoidal, PairLayout = PairLayout.Interleaved, EmbeddingScale = 3.5, Head = HeadKind.SequenceClassification,
        Labels = 3, Initialization = InitializationKind.XavierAll)]
    [Training(BatchSize = 3), Inference(Batch = 3)]
    public sealed partial class OneLayerOneHead;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 17, DModel = 30, Heads = 5, Layers = 2, FeedForwardDim = 31, Position = PositionKind.RelativeBias,
        RelativeBuckets = 7, RelativeMaxDistance = 9, Activation = Activation.Relu, Head = HeadKind.TokenClassification, Labels = 5)]
    [Training(BatchSize = 2), Inference(Batch = 2)]
    public sealed partial class RelativeBias;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 15, DModel = 27, Heads = 6, KeyValueHeads = 2, HeadDim = 5, ValueHeadDim = 7, Layers = 2, FeedForwardDim = 31,
        Position = PositionKind.RelativeKeys, RelativeMaxDistance = 4, Head = HeadKind.TokenClassification, Labels = 5)]
    [Training(BatchSize = 2), Inference(Batch = 2)]
    public sealed partial class RelativeKeys;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 9, DModel = 21, Heads = 3, Layers = 2, FeedForwardDim = 31, NormPlacement = NormPlacement.Post,
        Position = PositionKind.RelativeKeysAndQueries, Head = HeadKind.MaskedLanguageModel, TiedHead = false, HeadTransform = false, HeadBias = false)]
    [Training(BatchSize = 2), Inference(Batch = 2)]
    public sealed partial class RelativeKeysAndQueries;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 15, DModel = 27, Heads = 6, KeyValueHeads = 2, HeadDim = 5, ValueHeadDim = 7, Layers = 2, FeedForwardDim = 31,
        Position = PositionKind.RelativeKeysAndValues, RelativeMaxDistance = 4, PairMask = PairMask.Multiplicative, Head = HeadKind.TokenClassification, Labels = 5)]
    [Training(BatchSize = 2), Inference(Batch = 2)]
    public sealed partial class RelativeKeysAndValues;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 11, DModel = 22, Heads = 4, HeadDim = 5, KeyValueHeads = 2, ValueHeadDim = 3, Layers = 2, FeedForwardDim = 19,
        Position = PositionKind.LearnedPerProjection, Head = HeadKind.SequenceClassification, Labels = 3, Pooling = PoolingKind.Mean, NormalizePooled = true)]
    [Training(BatchSize = 2, Loss = LossKind.BinaryCrossEntropy), Inference(Batch = 2)]
    public sealed partial class PositionsPerProjection;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 11, DModel = 30, Heads = 3, Layers = 2, FeedForwardDim = 19, TokenTypes = 2,
        PositionCombination = PositionCombination.Concatenated, PositionWidth = 7, Head = HeadKind.TokenClassification, Labels = 3)]
    [Training(BatchSize = 2, Loss = LossKind.SoftTargets), Inference(Batch = 2)]
    public sealed partial class Concatenated;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 11, DModel = 21, Heads = 3, Layers = 2, FeedForwardDim = 19, Position = PositionKind.Sinusoidal,
        PositionCombination = PositionCombination.ConcatenatedAndProjected, PositionWidth = 6, Residual = ResidualKind.Parallel, InputMask = true,
        Head = HeadKind.SequenceClassification, Labels = 1, Pooling = PoolingKind.Max)]
    [Training(BatchSize = 3, Loss = LossKind.MeanSquaredError), Inference(Batch = 3)]
    public sealed partial class ConcatenatedAndProjected;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 11, DModel = 22, Heads = 2, Layers = 3, FeedForwardDim = 19, PositionEveryLayer = true,
        Residual = ResidualKind.ParallelSharedNorm, Head = HeadKind.SequenceClassification, Labels = 4, Pooling = PoolingKind.Mean, Pooler = true)]
    [Training(BatchSize = 3), Inference(Batch = 3)]
    public sealed partial class PositionsEveryLayer;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 11, DModel = 21, Heads = 3, Layers = 2, Residual = ResidualKind.None, LinearFeedForward = true,
        AttentionOutput = false, LayerSum = true, PairMask = PairMask.Multiplicative, InputMask = true, Head = HeadKind.TokenClassification, Labels = 3)]
    [Training(BatchSize = 2), Inference(Batch = 2, HiddenStates = true)]
    public sealed partial class WithoutResidual;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 7, DModel = 21, Heads = 3, Layers = 2, FeedForwardDim = 19, Position = PositionKind.None,
        PairMask = PairMask.Boolean, Head = HeadKind.SequenceClassification, Labels = 2, Pooler = false, NormalizePooled = true)]
    [Training(BatchSize = 2), Inference(Batch = 2)]
    public sealed partial class BooleanPairs;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 19, DModel = 30, Heads = 3, Layers = 2, FeedForwardDim = 19, Position = PositionKind.Alibi,
        PairMask = PairMask.Additive, Head = HeadKind.SequenceClassification, Labels = 2, Pooling = PoolingKind.Max, NormalizePooled = true)]
    [Training(BatchSize = 2), Inference(Batch = 2)]
    public sealed partial class AdditivePairs;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        ImageHeight = 6, ImageWidth = 10, PatchSize = 2, Channels = 2, DModel = 30, Heads = 5, Layers = 2, FeedForwardDim = 19,
        Head = HeadKind.SequenceClassification, Labels = 4, Pooling = PoolingKind.Mean)]
    [Training(BatchSize = 3), Inference(Batch = 3, HiddenStates = true)]
    public sealed partial class Images;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        ImageHeight = 3, PatchSize = 3, Channels = 1, DModel = 9, Heads = 1, Layers = 1, FeedForwardDim = 5, Position = PositionKind.RelativeBias,
        RelativeBuckets = 4, RelativeMaxDistance = 3, Head = HeadKind.SequenceClassification, Labels = 4)]
    [Training(BatchSize = 2), Inference(Batch = 2)]
    public sealed partial class WholeImage;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 13, DModel = 35, Heads = 5, Layers = 2, FeedForwardDim = 19, EmbeddingDropout = 0.1, AttentionDropout = 0.2,
        ResidualDropout = 0.3, FeedForwardDropout = 0.1, HeadDropout = 0.2, Head = HeadKind.SequenceClassification, Labels = 4)]
    [Training(BatchSize = 3), Inference(Batch = 3)]
    public sealed partial class Dropping;

    [Transformer(
        Architecture = Architecture.EncoderOnly,
        VocabularySize = 29, ContextLength = 13, DModel = 35, Heads = 5, Layers = 2, FeedForwardDim = 19, Pooling = PoolingKind.First,
        NormalizePooled = true)]
    [Inference(Batch = 3, SequenceLength = 11, HiddenStates = true)]
    public sealed partial class Embeddings;
}
