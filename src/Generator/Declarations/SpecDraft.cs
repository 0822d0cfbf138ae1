using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>
/// A spec whose numbers are not yet checked. Attributes and configs both lower to it, so that <see cref="SpecValidator"/> is the one place
/// that knows which values fit together. Null means "derive it from the others".
/// </summary>
internal sealed record SpecDraft
{
    public required LocationInfo? Location { get; init; }

    /// <summary>Where the declaration says a property, by the property's name.</summary>
    public Func<string, LocationInfo?>? PlaceOf { get; init; }
    public required CheckpointFamily Checkpoint { get; init; }
    public required Setting<int> DModel { get; init; }
    public StackDraft? Encoder { get; init; }
    public StackDraft? Decoder { get; init; }

    public required NormKind Norm { get; init; }
    public NormPlacement NormPlacement { get; init; }
    public required Setting<double> NormEpsilon { get; init; }
    public float NormWeightOffset { get; init; }

    public Setting<double>? EmbeddingScale { get; init; }
    public Setting<int>? TokenTypes { get; init; }
    public bool SharedEmbeddings { get; init; }

    /// <summary>The token whose embedding lookups do not train; null or negative for none.</summary>
    public Setting<int>? PaddingToken { get; init; }

    /// <summary>Rows of a table of positions that checkpoints hold although nothing reads it; null for none.</summary>
    public Setting<int>? UnusedPositions { get; init; }
    public bool InputMask { get; init; }
    public ImageDraft? Image { get; init; }
    public required HeadDraft Head { get; init; }

    public Setting<double>? EmbeddingDropout { get; init; }
    public Setting<double>? AttentionDropout { get; init; }
    public Setting<double>? ResidualDropout { get; init; }
    public Setting<double>? FeedForwardDropout { get; init; }
    public Setting<double>? HeadDropout { get; init; }

    /// <summary>Where dropout stands that not every family has.</summary>
    public DropoutPlaces DropoutPlaces { get; init; } = DropoutPlaces.AfterAttention;
    public InitializationKind Initialization { get; init; }
    public required Setting<double> InitializationDeviation { get; init; }

    /// <summary>The stack that the head stands on.</summary>
    public StackDraft Main => Decoder ?? Encoder!;
}

/// <summary>Places of dropout in which families differ, with the rate that each has.</summary>
[Flags]
internal enum DropoutPlaces
{
    None = 0,

    /// <summary>On what attention adds to the residual stream: the residual rate.</summary>
    AfterAttention = 1,

    /// <summary>On states that a stack's final norm has seen: the residual rate.</summary>
    AfterFinalNorm = 2,

    /// <summary>On what the layer before a classifier looks at: the head's rate.</summary>
    BeforePooler = 4,
}

internal sealed record StackDraft
{
    /// <summary>Null for a stack that looks at images.</summary>
    public required Setting<int>? VocabularySize { get; init; }

    /// <summary>Null for a stack that looks at images, whose patches are counted.</summary>
    public required Setting<int>? ContextLength { get; init; }

    /// <summary>Whether nothing in the model depends on the context length, so that the declaration may also ask for a longer one than the config's.</summary>
    public bool IsContextOpen { get; init; }
    public required Setting<int> Layers { get; init; }
    public required Setting<int> Heads { get; init; }
    public Setting<int>? KeyValueHeads { get; init; }
    public Setting<int>? HeadDim { get; init; }
    public Setting<int>? ValueHeadDim { get; init; }
    public Setting<int>? FeedForwardDim { get; init; }

    public required BiasDraft Biases { get; init; }
    public bool HasAttentionOutput { get; init; } = true;
    public bool QueryKeyNorm { get; init; }
    public bool Causal { get; init; } = true;
    public PairMask PairMask { get; init; }

    /// <summary>Null or 0 for no window.</summary>
    public Setting<int>? SlidingWindow { get; init; }

    /// <summary>False leaves q·k as it is; true divides it by the root of the head's width.</summary>
    public bool ScaledAttention { get; init; } = true;

    public required Activation Activation { get; init; }
    public required bool Gated { get; init; }
    public bool LinearFeedForward { get; init; }
    public required PositionDraft Position { get; init; }
    public ResidualKind Residual { get; init; }
    public bool EmbeddingNorm { get; init; }

    /// <summary>Null for a norm after the last layer where norms stand before the sublayers.</summary>
    public bool? FinalNorm { get; init; }
    public bool LayerSum { get; init; }
}

internal sealed record HeadDraft
{
    public HeadKind Kind { get; init; }
    public Setting<int>? Labels { get; init; }
    public bool Tied { get; init; }
    public bool Bias { get; init; }
    public bool HasFixedBias { get; init; }

    /// <summary>The factor on the states before the vocabulary projection, 1 for none.</summary>
    public float Scale { get; init; } = 1;
    public Activation? Transform { get; init; }
    public PoolingKind Pooling { get; init; }
    public Activation? Pooler { get; init; }
    public bool NormalizePooled { get; init; }
    public LossKind Loss { get; init; }
}

internal sealed record ImageDraft(Setting<int> Height, Setting<int> Width, Setting<int> PatchSize, Setting<int> Channels);

internal sealed record BiasDraft(bool Query, bool Key, bool Value, bool AttentionOutput, bool FeedForward)
{
    public static BiasDraft Everywhere { get; } = new(true, true, true, true, true);

    public static BiasDraft None { get; } = new(false, false, false, false, false);
}

internal sealed record PositionDraft
{
    public required PositionKind Kind { get; init; }
    public PairLayout Layout { get; init; }

    /// <summary>The checkpoint's length of a learned table; null for the context length.</summary>
    public Setting<int>? LearnedLength { get; init; }

    /// <summary>The row of a learned table that the first position has.</summary>
    public int Offset { get; init; }

    /// <summary>The token that is not counted (RoBERTa's padding); −1 for none.</summary>
    public int PaddingToken { get; init; } = -1;

    /// <summary>Required for rotary positions.</summary>
    public Setting<double>? Theta { get; init; }
    public Setting<int>? RotaryDim { get; init; }
    public RotaryScalingDraft? Scaling { get; init; }

    /// <summary>The two below are required for a relative bias; <see cref="MaxDistance"/> may be given for relative keys.</summary>
    public Setting<int>? Buckets { get; init; }
    public Setting<int>? MaxDistance { get; init; }
    public PositionCombination Combination { get; init; }

    /// <summary>Required where positions stand beside the tokens' vectors.</summary>
    public Setting<int>? Width { get; init; }
    public bool EveryLayer { get; init; }
}

internal sealed record RotaryScalingDraft
{
    public required RotaryScalingKind Kind { get; init; }
    public required Setting<double> Factor { get; init; }

    /// <summary>The three below are required for <see cref="RotaryScalingKind.Llama3"/>.</summary>
    public Setting<double>? LowFrequencyFactor { get; init; }
    public Setting<double>? HighFrequencyFactor { get; init; }
    public Setting<int>? OriginalContextLength { get; init; }
}
