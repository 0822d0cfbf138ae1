using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>A generated encoder–decoder behind the faces that all share, with its attributes.</summary>
public sealed record OddPair(
    Type Type,
    Func<ulong, ModelWeights> Initialize,
    Func<ModelWeights, ComputeTeam?, IEncoderDecoderSession> Session,
    Func<ModelWeights, Optimizer, TrainerOptions?, ModelTrainer> Trainer);

/// <summary>Encoder–decoders of sizes and choices that nobody tunes for.</summary>
public static partial class OddPairs
{
    public static IReadOnlyDictionary<string, OddPair> All { get; } = new Dictionary<string, OddPair>
    {
        [nameof(Unequal)] = new(
            typeof(Unequal),
            Unequal.Weights.Initialize,
            (w, team) => new Unequal.Session((Unequal.Weights)w, team),
            (w, o, p) => new Unequal.Trainer((Unequal.Weights)w, o, p)),
        [nameof(Grouped)] = new(
            typeof(Grouped),
            Grouped.Weights.Initialize,
            (w, team) => new Grouped.Session((Grouped.Weights)w, team),
            (w, o, p) => new Grouped.Trainer((Grouped.Weights)w, o, p)),
        [nameof(Rotary)] = new(
            typeof(Rotary),
            Rotary.Weights.Initialize,
            (w, team) => new Rotary.Session((Rotary.Weights)w, team),
            (w, o, p) => new Rotary.Trainer((Rotary.Weights)w, o, p)),
        [nameof(Biased)] = new(
            typeof(Biased),
            Biased.Weights.Initialize,
            (w, team) => new Biased.Session((Biased.Weights)w, team),
            (w, o, p) => new Biased.Trainer((Biased.Weights)w, o, p)),
        [nameof(Alibi)] = new(
            typeof(Alibi),
            Alibi.Weights.Initialize,
            (w, team) => new Alibi.Session((Alibi.Weights)w, team),
            (w, o, p) => new Alibi.Trainer((Alibi.Weights)w, o, p)),
        [nameof(RelativeKeys)] = new(
            typeof(RelativeKeys),
            RelativeKeys.Weights.Initialize,
            (w, team) => new RelativeKeys.Session((RelativeKeys.Weights)w, team),
            (w, o, p) => new RelativeKeys.Trainer((RelativeKeys.Weights)w, o, p)),
        [nameof(RelativeValues)] = new(
            typeof(RelativeValues),
            RelativeValues.Weights.Initialize,
            (w, team) => new RelativeValues.Session((RelativeValues.Weights)w, team),
            (w, o, p) => new RelativeValues.Trainer((RelativeValues.Weights)w, o, p)),
        [nameof(OneOfEach)] = new(
            typeof(OneOfEach),
            OneOfEach.Weights.Initialize,
            (w, team) => new OneOfEach.Session((OneOfEach.Weights)w, team),
            (w, o, p) => new OneOfEach.Trainer((OneOfEach.Weights)w, o, p)),
        [nameof(Dropping)] = new(
            typeof(Dropping),
            Dropping.Weights.Initialize,
            (w, team) => new Dropping.Session((Dropping.Weights)w, team),
            (w, o, p) => new Dropping.Trainer((Dropping.Weights)w, o, p)),
    };

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 131, SourceVocabularySize = 53, ContextLength = 13, SourceLength = 17, DModel = 60, Heads = 5, Layers = 1, EncoderLayers = 3,
        FeedForwardDim = 61, NormPlacement = NormPlacement.Post, FinalNorm = true, Activation = Activation.Relu, Position = PositionKind.Sinusoidal,
        TiedHead = false, HeadBias = true, EmbeddingScale = 7.5)]
    [Training(BatchSize = 2), Inference(Batch = 3, PrefillChunk = 4)]
    public sealed partial class Unequal;

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 31, ContextLength = 11, SourceLength = 9, DModel = 26, Heads = 6, KeyValueHeads = 2, HeadDim = 5, ValueHeadDim = 7, Layers = 2,
        EncoderLayers = 1, FeedForwardDim = 29, EmbeddingNorm = true, Activation = Activation.Gelu)]
    [Training(BatchSize = 2), Inference(Batch = 3, PrefillChunk = 4)]
    public sealed partial class Grouped;

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 31, SourceVocabularySize = 37, ContextLength = 9, SourceLength = 15, DModel = 34, Heads = 3, HeadDim = 20, Layers = 2, FeedForwardDim = 29,
        Norm = NormKind.RmsNorm, NormEpsilon = 1e-6, Gated = true, Activation = Activation.Silu, Biases = false, Position = PositionKind.Rotary,
        RotaryDim = 10, QueryKeyNorm = true, SlidingWindow = 4)]
    [Training(BatchSize = 2), Inference(PrefillChunk = 4)]
    public sealed partial class Rotary;

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 31, ContextLength = 13, SourceLength = 19, DModel = 30, Heads = 5, Layers = 2, EncoderLayers = 1, FeedForwardDim = 29,
        Norm = NormKind.RmsNorm, Biases = false, Position = PositionKind.RelativeBias, RelativeBuckets = 9, RelativeMaxDistance = 11)]
    [Training(BatchSize = 2), Inference(Batch = 3, PrefillChunk = 4)]
    public sealed partial class Biased;

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 31, ContextLength = 13, SourceLength = 7, DModel = 27, Heads = 3, KeyValueHeads = 1, Layers = 1, EncoderLayers = 2, FeedForwardDim = 29,
        Position = PositionKind.Alibi, SharedEmbeddings = false, HeadBias = true)]
    [Training(BatchSize = 2), Inference(Batch = 3, PrefillChunk = 4)]
    public sealed partial class Alibi;

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 31, ContextLength = 13, SourceLength = 8, DModel = 28, Heads = 4, KeyValueHeads = 2, ValueHeadDim = 5, Layers = 2, FeedForwardDim = 29,
        Position = PositionKind.RelativeKeys, RelativeMaxDistance = 3, TiedHead = false)]
    [Training(BatchSize = 2), Inference(PrefillChunk = 4)]
    public sealed partial class RelativeKeys;

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 31, ContextLength = 13, SourceLength = 8, DModel = 28, Heads = 4, KeyValueHeads = 2, ValueHeadDim = 5, Layers = 2, FeedForwardDim = 29,
        Position = PositionKind.RelativeKeysAndValues, RelativeMaxDistance = 3, NormPlacement = NormPlacement.Post)]
    [Training(BatchSize = 2), Inference(Batch = 3, PrefillChunk = 4)]
    public sealed partial class RelativeValues;

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 3, ContextLength = 5, SourceLength = 1, DModel = 6, Heads = 1, Layers = 1, FeedForwardDim = 1,
        Activation = Activation.Tanh, Position = PositionKind.None)]
    [Training(BatchSize = 2), Inference(PrefillChunk = 4)]
    public sealed partial class OneOfEach;

    [Transformer(
        Architecture = Architecture.EncoderDecoder,
        VocabularySize = 31, ContextLength = 13, SourceLength = 9, DModel = 35, Heads = 5, Layers = 2, FeedForwardDim = 29, EmbeddingDropout = 0.1,
        AttentionDropout = 0.2, ResidualDropout = 0.3, FeedForwardDropout = 0.1)]
    [Training(BatchSize = 2), Inference(Batch = 3, PrefillChunk = 4)]
    public sealed partial class Dropping;
}
