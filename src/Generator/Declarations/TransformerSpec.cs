namespace Transformer.Compiled.Generator.Declarations;

/// <summary>
/// What a model computes, as a composition of small choices. Attributes and every supported <c>config.json</c> lower to
/// this record; nothing after it knows which of the two it came from. Equal specs give equal code.
/// </summary>
internal sealed record TransformerSpec
{
    public required int VocabularySize { get; init; }
    public required int ContextLength { get; init; }
    public required int DModel { get; init; }
    public required int Layers { get; init; }
    public required AttentionSpec Attention { get; init; }
    public required FeedForwardSpec FeedForward { get; init; }
    public required NormSpec Norm { get; init; }
    public required PositionSpec Position { get; init; }
    public required HeadSpec Head { get; init; }
    public required DropoutSpec Dropout { get; init; }
    public required InitializationSpec Initialization { get; init; }

    /// <summary>The factor on token embeddings, 1 for none.</summary>
    public required float EmbeddingScale { get; init; }

    /// <summary>The names and layouts under which a checkpoint holds the parameters.</summary>
    public required CheckpointFamily Checkpoint { get; init; }
}

internal sealed record AttentionSpec
{
    public required int Heads { get; init; }
    public required int KeyValueHeads { get; init; }
    public required int HeadDim { get; init; }
    public required bool QueryBias { get; init; }
    public required bool KeyBias { get; init; }
    public required bool ValueBias { get; init; }
    public required bool OutputBias { get; init; }

    /// <summary>Normalise each head's queries and keys (with the model's norm kind and epsilon) before the rotary positions.</summary>
    public required bool QueryKeyNorm { get; init; }

    /// <summary>Whether a position sees only itself and earlier ones.</summary>
    public required bool Causal { get; init; }

    /// <summary>How many positions, itself included, a position sees; 0 for all.</summary>
    public required int SlidingWindow { get; init; }

    /// <summary>The factor on q·k before the softmax.</summary>
    public required float Scale { get; init; }
}

internal enum Activation { Relu, Gelu, GeluTanh, Silu }

internal sealed record FeedForwardSpec
{
    public required int Dim { get; init; }
    public required Activation Activation { get; init; }
    public required bool Gated { get; init; }

    /// <summary>Bias of the projection(s) into the feed-forward dimension (gate and up alike).</summary>
    public required bool InputBias { get; init; }
    public required bool OutputBias { get; init; }
}

internal enum NormKind { LayerNorm, RmsNorm }

internal enum NormPlacement { Pre, Post }

internal sealed record NormSpec
{
    public required NormKind Kind { get; init; }
    public required NormPlacement Placement { get; init; }
    public required float Epsilon { get; init; }
}

internal enum PositionKind { None, Learned, Sinusoidal, Rotary }

/// <summary>Where the two members of a rotated or sine/cosine pair stand: i and i + n/2, or 2i and 2i + 1.</summary>
internal enum PairLayout { Halves, Interleaved }

internal enum RotaryScalingKind { None, Linear, Llama3 }

internal sealed record PositionSpec
{
    public required PositionKind Kind { get; init; }
    public required PairLayout Layout { get; init; }

    /// <summary>
    /// Rows of the learned position table: the context length of the checkpoint, which may be longer than the one compiled for.
    /// 0 for other kinds.
    /// </summary>
    public required int LearnedLength { get; init; }

    /// <summary>The base of the geometric series of wavelengths (rotary and sinusoidal).</summary>
    public required double Theta { get; init; }

    /// <summary>How many leading elements of each head are rotated; even, at most HeadDim.</summary>
    public required int RotaryDim { get; init; }
    public required RotaryScalingSpec Scaling { get; init; }
}

internal sealed record RotaryScalingSpec
{
    public required RotaryScalingKind Kind { get; init; }
    public required double Factor { get; init; }
    public required double LowFrequencyFactor { get; init; }
    public required double HighFrequencyFactor { get; init; }
    public required int OriginalContextLength { get; init; }
}

internal sealed record HeadSpec
{
    /// <summary>Whether the vocabulary projection shares the token embedding's storage.</summary>
    public required bool Tied { get; init; }
    public required bool Bias { get; init; }
}

/// <summary>Probabilities of dropping an element while training; 0 for none.</summary>
internal sealed record DropoutSpec
{
    /// <summary>No dropout: what inference has.</summary>
    public static DropoutSpec None { get; } = new() { Embedding = 0, Attention = 0, Residual = 0 };

    public required float Embedding { get; init; }
    public required float Attention { get; init; }
    public required float Residual { get; init; }
}

internal enum InitializationKind
{
    /// <summary>N(0, StandardDeviation); projections that write the residual stream divided by sqrt(2 · Layers) (GPT-2).</summary>
    Gpt2,

    /// <summary>U(±sqrt(6 / (in + out))) for projections, N(0, StandardDeviation) for embeddings (Glorot and Bengio, 2010).</summary>
    Xavier,

    /// <summary>U(±1/sqrt(in)) for projections and their biases, N(0, StandardDeviation) for embeddings (PyTorch's nn.Linear).</summary>
    FanInUniform,
}

internal sealed record InitializationSpec
{
    public required InitializationKind Kind { get; init; }
    public required float StandardDeviation { get; init; }
}

internal enum CheckpointFamily
{
    /// <summary>The project's own names, for models declared by attribute values.</summary>
    Native,
    Gpt2,

    /// <summary>Llama, Mistral and Qwen2.</summary>
    Llama,
}
