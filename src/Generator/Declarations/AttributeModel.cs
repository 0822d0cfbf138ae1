using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Lowers a <c>[Transformer]</c> given by values to a draft. The defaults are those that the attribute's documentation states.</summary>
internal static class AttributeModel
{
    private static readonly string[] _llama3Values =
        ["RotaryScalingLowFrequencyFactor", "RotaryScalingHighFrequencyFactor", "RotaryScalingOriginalContextLength"];

    private static readonly string[] _sourceValues = ["SourceVocabularySize", "SourceLength", "EncoderLayers", "SharedEmbeddings"];
    private static readonly string[] _classifierValues = ["HeadDropout"];
    private static readonly string[] _imageValues = ["ImageHeight", "ImageWidth", "PatchSize", "Channels"];

    public static SpecDraft? Lower(AttributeUse transformer, DiagnosticSink diagnostics)
    {
        var reader = new AttributeReader(transformer, diagnostics);
        Architecture architecture = reader.Choice("Architecture", Architecture.DecoderOnly);
        bool isOfImages = architecture == Architecture.EncoderOnly && _imageValues.Any(reader.Has);
        if (!isOfImages) reader.WarnWithoutEffect("an encoder-only model", _imageValues);
        ImageDraft? image = isOfImages ? Image(reader) : null;
        Setting<int>? vocabularySize = isOfImages ? null : reader.Required("VocabularySize");
        Setting<int>? contextLength = isOfImages ? null : reader.Required("ContextLength");
        Setting<int>? dModel = reader.Required("DModel");
        Setting<int>? heads = reader.Required("Heads");
        Setting<int>? layers = reader.Required("Layers");
        PositionDraft position = Position(reader);
        bool hasSizes = image is not null || (vocabularySize is not null && contextLength is not null);
        if (!hasSizes || dModel is null || heads is null || layers is null) return null;

        StackDraft stack = Stack(reader, architecture, heads, layers, position) with { VocabularySize = vocabularySize, ContextLength = contextLength };
        bool hasSource = architecture == Architecture.EncoderDecoder;
        if (!hasSource) reader.WarnWithoutEffect("an encoder–decoder", _sourceValues);
        Setting<int>? sourceVocabulary = hasSource ? reader.Integer("SourceVocabularySize") : null;
        StackDraft source = stack with
        {
            VocabularySize = sourceVocabulary ?? vocabularySize,
            ContextLength = (hasSource ? reader.Integer("SourceLength") : null) ?? contextLength,
            Layers = (hasSource ? reader.Integer("EncoderLayers") : null) ?? layers,
            Causal = false,
            SlidingWindow = null,
        };

        return new SpecDraft
        {
            Location = transformer.Location,
            PlaceOf = reader.LocationOf,
            Checkpoint = CheckpointFamily.Native,
            DModel = dModel,
            Encoder = architecture == Architecture.DecoderOnly ? null : hasSource ? source : stack,
            Decoder = architecture == Architecture.EncoderOnly ? null : stack,
            Norm = reader.Choice("Norm", NormKind.LayerNorm),
            NormPlacement = reader.Choice("NormPlacement", NormPlacement.Pre),
            NormEpsilon = reader.Number("NormEpsilon", 1e-5),
            EmbeddingScale = reader.Number("EmbeddingScale", 1),
            TokenTypes = architecture == Architecture.EncoderOnly && image is null ? reader.Integer("TokenTypes") : Without(reader, "TokenTypes", "an encoder-only model of tokens"),
            SharedEmbeddings = hasSource && reader.Flag("SharedEmbeddings", sourceVocabulary is null),
            InputMask = reader.Flag("InputMask", false),
            Image = image,
            Head = Head(reader, architecture),
            EmbeddingDropout = reader.Number("EmbeddingDropout", 0),
            AttentionDropout = reader.Number("AttentionDropout", 0),
            ResidualDropout = reader.Number("ResidualDropout", 0),
            FeedForwardDropout = reader.Number("FeedForwardDropout", 0),
            HeadDropout = reader.Number("HeadDropout", 0),
            Initialization = reader.Choice("Initialization", InitializationKind.Gpt2),
            InitializationDeviation = reader.Number("InitializationDeviation", 0.02),
        };
    }

    private static StackDraft Stack(AttributeReader reader, Architecture architecture, Setting<int> heads, Setting<int> layers, PositionDraft position) => new()
    {
        VocabularySize = null,
        ContextLength = null,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = reader.Integer("KeyValueHeads"),
        HeadDim = reader.Integer("HeadDim"),
        ValueHeadDim = reader.Integer("ValueHeadDim"),
        FeedForwardDim = reader.Integer("FeedForwardDim"),
        Biases = Biases(reader),
        HasAttentionOutput = reader.Flag("AttentionOutput", true),
        QueryKeyNorm = reader.Flag("QueryKeyNorm", false),
        Causal = reader.Flag("Causal", architecture != Architecture.EncoderOnly),
        PairMask = reader.Choice("PairMask", PairMask.None),
        SlidingWindow = reader.Integer("SlidingWindow"),
        Activation = reader.Choice("Activation", Activation.GeluTanh),
        Gated = reader.Flag("Gated", false),
        LinearFeedForward = reader.Flag("LinearFeedForward", false),
        Position = position,
        Residual = reader.Choice("Residual", ResidualKind.Sequential),
        EmbeddingNorm = reader.Flag("EmbeddingNorm", false),
        FinalNorm = reader.Has("FinalNorm") ? reader.Flag("FinalNorm", false) : null,
        LayerSum = reader.Flag("LayerSum", false),
    };

    private static HeadDraft Head(AttributeReader reader, Architecture architecture)
    {
        HeadKind kind = reader.Choice("Head", architecture == Architecture.EncoderOnly ? HeadKind.None : HeadKind.LanguageModel);
        bool hasVocabulary = kind is HeadKind.LanguageModel or HeadKind.MaskedLanguageModel;
        bool hasLabels = kind is HeadKind.SequenceClassification or HeadKind.TokenClassification;
        bool hasPooling = kind is HeadKind.SequenceClassification or HeadKind.None;
        if (!hasVocabulary) reader.WarnWithoutEffect("a head over the vocabulary", "TiedHead", "HeadBias");
        if (kind != HeadKind.MaskedLanguageModel) reader.WarnWithoutEffect("a masked language model's head", "HeadTransform");
        if (!hasLabels) reader.WarnWithoutEffect("a classifier", "Labels");
        if (!hasPooling) reader.WarnWithoutEffect("a head that pools", "Pooling", "Pooler", "NormalizePooled");
        if (hasVocabulary || kind == HeadKind.None) reader.WarnWithoutEffect("a classifier", _classifierValues);

        PoolingKind pooling = hasPooling
            ? reader.Choice("Pooling", kind == HeadKind.None ? PoolingKind.None : PoolingKind.First)
            : PoolingKind.None;
        if (hasPooling && pooling == PoolingKind.None) reader.WarnWithoutEffect("a pooling", "Pooler", "NormalizePooled");
        return new HeadDraft
        {
            Kind = kind,
            Labels = kind == HeadKind.SpanExtraction ? new Setting<int>(2, "Labels", null) : hasLabels ? reader.Required("Labels") : null,
            Tied = hasVocabulary && reader.Flag("TiedHead", true),
            Bias = !hasVocabulary || reader.Flag("HeadBias", kind == HeadKind.MaskedLanguageModel),
            Transform = kind == HeadKind.MaskedLanguageModel && reader.Flag("HeadTransform", true) ? reader.Choice("Activation", Activation.GeluTanh) : null,
            Pooling = pooling,
            Pooler = pooling != PoolingKind.None && reader.Flag("Pooler", kind == HeadKind.SequenceClassification && pooling == PoolingKind.First) ? Activation.Tanh : null,
            NormalizePooled = pooling != PoolingKind.None && reader.Flag("NormalizePooled", false),
        };
    }

    private static ImageDraft? Image(AttributeReader reader)
    {
        reader.WarnWithoutEffect("tokens as input", "VocabularySize", "ContextLength");
        Setting<int>? height = reader.Required("ImageHeight"), patch = reader.Required("PatchSize");
        if (height is null || patch is null) return null;
        return new ImageDraft(
            height, reader.Integer("ImageWidth") ?? height, patch,
            reader.Integer("Channels") ?? new Setting<int>(3, "Channels", null));
    }

    private static Setting<int>? Without(AttributeReader reader, string name, string missing)
    {
        reader.WarnWithoutEffect(missing, name);
        return null;
    }

    private static BiasDraft Biases(AttributeReader reader)
    {
        bool all = reader.Flag("Biases", true);
        return new BiasDraft(
            reader.Flag("QueryBias", all), reader.Flag("KeyBias", all), reader.Flag("ValueBias", all),
            reader.Flag("AttentionOutputBias", all), reader.Flag("FeedForwardBias", all));
    }

    private static PositionDraft Position(AttributeReader reader)
    {
        PositionKind kind = reader.Choice("Position", PositionKind.Learned);
        bool isRotary = kind == PositionKind.Rotary;
        bool isAbsolute = kind is PositionKind.Learned or PositionKind.Sinusoidal;
        bool hasPairs = isRotary || kind == PositionKind.Sinusoidal;
        bool hasDistances = kind is PositionKind.RelativeBias or PositionKind.RelativeKeys or PositionKind.RelativeKeysAndQueries or PositionKind.RelativeKeysAndValues;
        if (!hasPairs) reader.WarnWithoutEffect("rotary or sinusoidal positions", "PairLayout");
        if (!isRotary)
        {
            reader.WarnWithoutEffect("rotary positions", "RotaryTheta", "RotaryDim", "RotaryScaling", "RotaryScalingFactor");
            reader.WarnWithoutEffect("rotary positions", _llama3Values);
        }
        if (!isAbsolute) reader.WarnWithoutEffect("learned or sinusoidal positions", "PositionCombination", "PositionWidth", "PositionEveryLayer");
        if (kind != PositionKind.RelativeBias) reader.WarnWithoutEffect("a relative bias", "RelativeBuckets");
        if (!hasDistances) reader.WarnWithoutEffect("relative positions", "RelativeMaxDistance");

        PositionCombination combination = isAbsolute ? reader.Choice("PositionCombination", PositionCombination.Added) : PositionCombination.Added;
        bool isBeside = combination != PositionCombination.Added;
        if (!isBeside) reader.WarnWithoutEffect("positions beside the tokens' vectors", "PositionWidth");
        return new PositionDraft
        {
            Kind = kind,
            Layout = hasPairs ? reader.Choice("PairLayout", PairLayout.Halves) : PairLayout.Halves,
            Theta = isRotary ? reader.Number("RotaryTheta", 10_000) : null,
            RotaryDim = isRotary ? reader.Integer("RotaryDim") : null,
            Scaling = isRotary ? Scaling(reader) : null,
            Buckets = kind == PositionKind.RelativeBias ? reader.Integer("RelativeBuckets") ?? new Setting<int>(32, "RelativeBuckets", null) : null,
            MaxDistance = hasDistances ? reader.Integer("RelativeMaxDistance") ?? DefaultDistance(kind) : null,
            Combination = combination,
            Width = isBeside ? reader.Required("PositionWidth") : null,
            EveryLayer = isAbsolute && reader.Flag("PositionEveryLayer", false),
        };
    }

    private static Setting<int>? DefaultDistance(PositionKind kind) =>
        kind == PositionKind.RelativeBias ? new Setting<int>(128, "RelativeMaxDistance", null) : null;

    private static RotaryScalingDraft? Scaling(AttributeReader reader)
    {
        RotaryScalingKind kind = reader.Choice("RotaryScaling", RotaryScalingKind.None);
        if (kind == RotaryScalingKind.None) reader.WarnWithoutEffect("a rotary scaling", "RotaryScalingFactor");
        if (kind != RotaryScalingKind.Llama3) reader.WarnWithoutEffect("Llama 3's rotary scaling", _llama3Values);
        if (kind == RotaryScalingKind.None) return null;

        if (!reader.Has("RotaryScalingFactor")) reader.Required("RotaryScalingFactor");
        var scaling = new RotaryScalingDraft { Kind = kind, Factor = reader.Number("RotaryScalingFactor", 1) };
        if (kind == RotaryScalingKind.Linear) return scaling;

        return scaling with
        {
            LowFrequencyFactor = reader.Number("RotaryScalingLowFrequencyFactor", 1),
            HighFrequencyFactor = reader.Number("RotaryScalingHighFrequencyFactor", 4),
            OriginalContextLength = reader.Integer("RotaryScalingOriginalContextLength")
                ?? new Setting<int>(8192, "RotaryScalingOriginalContextLength", null),
        };
    }
}
