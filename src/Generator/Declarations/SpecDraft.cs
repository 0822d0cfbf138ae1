using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>
/// A spec whose numbers are not yet checked. Attributes and configs both lower to it, so that <see cref="SpecValidator"/> is the one place
/// that knows which values fit together. Null means "derive it from the others".
/// </summary>
internal sealed record SpecDraft
{
    public required LocationInfo? Location { get; init; }
    public required CheckpointFamily Checkpoint { get; init; }

    public required Setting<int> VocabularySize { get; init; }
    public required Setting<int> ContextLength { get; init; }
    public required Setting<int> DModel { get; init; }
    public required Setting<int> Layers { get; init; }
    public required Setting<int> Heads { get; init; }
    public required Setting<int>? KeyValueHeads { get; init; }
    public required Setting<int>? HeadDim { get; init; }
    public required Setting<int>? FeedForwardDim { get; init; }

    public required BiasDraft Biases { get; init; }
    public bool QueryKeyNorm { get; init; }
    public bool Causal { get; init; } = true;

    /// <summary>Null or 0 for no window.</summary>
    public Setting<int>? SlidingWindow { get; init; }

    /// <summary>False leaves q·k as it is; true divides it by the root of the head's width.</summary>
    public bool ScaledAttention { get; init; } = true;

    public required Activation Activation { get; init; }
    public required bool Gated { get; init; }
    public required NormKind Norm { get; init; }
    public NormPlacement NormPlacement { get; init; }
    public required Setting<double> NormEpsilon { get; init; }
    public required PositionDraft Position { get; init; }
    public required bool TiedHead { get; init; }
    public bool HeadBias { get; init; }
    public Setting<double>? EmbeddingScale { get; init; }
    public required Setting<double> EmbeddingDropout { get; init; }
    public required Setting<double> AttentionDropout { get; init; }
    public required Setting<double> ResidualDropout { get; init; }
    public InitializationKind Initialization { get; init; }
    public required Setting<double> InitializationDeviation { get; init; }
}

internal sealed record BiasDraft(bool Query, bool Key, bool Value, bool AttentionOutput, bool FeedForward);

internal sealed record PositionDraft
{
    public required PositionKind Kind { get; init; }
    public PairLayout Layout { get; init; }

    /// <summary>The checkpoint's length of a learned table; null for the context length.</summary>
    public Setting<int>? LearnedLength { get; init; }

    /// <summary>Required for rotary positions.</summary>
    public Setting<double>? Theta { get; init; }
    public Setting<int>? RotaryDim { get; init; }
    public RotaryScalingDraft? Scaling { get; init; }
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
