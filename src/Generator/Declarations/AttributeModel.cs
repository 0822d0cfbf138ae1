using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Lowers a <c>[Transformer]</c> given by values to a draft. The defaults are those that the attribute's documentation states.</summary>
internal static class AttributeModel
{
    private static readonly string[] _llama3Values =
        ["RotaryScalingLowFrequencyFactor", "RotaryScalingHighFrequencyFactor", "RotaryScalingOriginalContextLength"];

    public static SpecDraft? Lower(AttributeUse transformer, DiagnosticSink diagnostics)
    {
        var reader = new AttributeReader(transformer, diagnostics);
        Setting<int>? vocabularySize = reader.Required("VocabularySize");
        Setting<int>? contextLength = reader.Required("ContextLength");
        Setting<int>? dModel = reader.Required("DModel");
        Setting<int>? heads = reader.Required("Heads");
        Setting<int>? layers = reader.Required("Layers");
        PositionDraft position = Position(reader);
        if (vocabularySize is null || contextLength is null || dModel is null || heads is null || layers is null) return null;

        return new SpecDraft
        {
            Location = transformer.Location,
            Checkpoint = CheckpointFamily.Native,
            VocabularySize = vocabularySize,
            ContextLength = contextLength,
            DModel = dModel,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = reader.Integer("KeyValueHeads"),
            HeadDim = reader.Integer("HeadDim"),
            FeedForwardDim = reader.Integer("FeedForwardDim"),
            Biases = Biases(reader),
            QueryKeyNorm = reader.Flag("QueryKeyNorm", false),
            Causal = reader.Flag("Causal", true),
            SlidingWindow = reader.Integer("SlidingWindow"),
            Activation = reader.Choice("Activation", Activation.GeluTanh),
            Gated = reader.Flag("Gated", false),
            Norm = reader.Choice("Norm", NormKind.LayerNorm),
            NormPlacement = reader.Choice("NormPlacement", NormPlacement.Pre),
            NormEpsilon = reader.Number("NormEpsilon", 1e-5),
            Position = position,
            TiedHead = reader.Flag("TiedHead", true),
            HeadBias = reader.Flag("HeadBias", false),
            EmbeddingScale = reader.Number("EmbeddingScale", 1),
            EmbeddingDropout = reader.Number("EmbeddingDropout", 0),
            AttentionDropout = reader.Number("AttentionDropout", 0),
            ResidualDropout = reader.Number("ResidualDropout", 0),
            Initialization = reader.Choice("Initialization", InitializationKind.Gpt2),
            InitializationDeviation = reader.Number("InitializationDeviation", 0.02),
        };
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
        bool hasPairs = isRotary || kind == PositionKind.Sinusoidal;
        if (!hasPairs) reader.WarnWithoutEffect("rotary or sinusoidal positions", "PairLayout");
        if (!isRotary)
        {
            reader.WarnWithoutEffect("rotary positions", "RotaryTheta", "RotaryDim", "RotaryScaling", "RotaryScalingFactor");
            reader.WarnWithoutEffect("rotary positions", _llama3Values);
        }

        return new PositionDraft
        {
            Kind = kind,
            Layout = hasPairs ? reader.Choice("PairLayout", PairLayout.Halves) : PairLayout.Halves,
            Theta = isRotary ? reader.Number("RotaryTheta", 10_000) : null,
            RotaryDim = isRotary ? reader.Integer("RotaryDim") : null,
            Scaling = isRotary ? Scaling(reader) : null,
        };
    }

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
