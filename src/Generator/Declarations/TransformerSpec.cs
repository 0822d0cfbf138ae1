namespace Transformer.Compiled.Generator.Declarations;

internal enum Architecture { DecoderOnly, EncoderOnly, EncoderDecoder }

/// <summary>
/// What a model computes, as a composition of small choices. Attributes and every supported <c>config.json</c> lower to
/// this record; nothing after it knows which of the two it came from. Equal specs give equal code.
/// </summary>
internal sealed record TransformerSpec
{
    public required Architecture Architecture { get; init; }

    /// <summary>Width of the residual stream of every stack.</summary>
    public required int DModel { get; init; }

    /// <summary>Null for a decoder-only model.</summary>
    public required StackSpec? Encoder { get; init; }

    /// <summary>Null for an encoder-only model.</summary>
    public required StackSpec? Decoder { get; init; }

    public required NormSpec Norm { get; init; }
    public required EmbeddingSpec Embedding { get; init; }
    public required HeadSpec Head { get; init; }
    public required DropoutSpec Dropout { get; init; }
    public required InitializationSpec Initialization { get; init; }

    /// <summary>The names and layouts under which a checkpoint holds the parameters.</summary>
    public required CheckpointFamily Checkpoint { get; init; }

    /// <summary>The stack that the head stands on.</summary>
    public StackSpec Main => Decoder ?? Encoder!;

    /// <summary>The stacks in the order in which data walks through them.</summary>
    public IEnumerable<StackSpec> Stacks => new[] { Encoder, Decoder }.OfType<StackSpec>();
}

/// <summary>One stack of layers with its embedding: the encoder or the decoder.</summary>
internal sealed record StackSpec
{
    /// <summary>Tokens that it knows; 0 for a stack that looks at images.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The most positions of a sequence.</summary>
    public required int ContextLength { get; init; }
    public required int Layers { get; init; }
    public required AttentionSpec Attention { get; init; }

    /// <summary>Attention to the encoder's states; null where there is none.</summary>
    public AttentionSpec? CrossAttention { get; init; }
    public required FeedForwardSpec FeedForward { get; init; }
    public required PositionSpec Position { get; init; }
    public ResidualKind Residual { get; init; }

    /// <summary>Whether the sum of embeddings is normalised.</summary>
    public bool EmbeddingNorm { get; init; }

    /// <summary>Whether the last layer's states are normalised.</summary>
    public required bool FinalNorm { get; init; }

    /// <summary>Whether a learned weighted sum of all layers' states stands for those of the last (Peters et al., 2018).</summary>
    public bool LayerSum { get; init; }
}

internal enum ResidualKind
{
    /// <summary>x + attention, then + feed-forward of that.</summary>
    Sequential,

    /// <summary>x + attention(norm(x)) + feed-forward(norm'(x)) (GPT-NeoX).</summary>
    Parallel,

    /// <summary>As <see cref="Parallel"/>, with one norm for both (GPT-J, Phi).</summary>
    ParallelSharedNorm,

    /// <summary>Sublayers replace x.</summary>
    None,
}

internal sealed record AttentionSpec
{
    public required int Heads { get; init; }
    public required int KeyValueHeads { get; init; }
    public required int HeadDim { get; init; }

    /// <summary>Width of a head's values, and of what it gives.</summary>
    public required int ValueHeadDim { get; init; }
    public required bool QueryBias { get; init; }
    public required bool KeyBias { get; init; }
    public required bool ValueBias { get; init; }
    public required bool OutputBias { get; init; }

    /// <summary>Whether a projection follows the heads; without one their width together is that of the model.</summary>
    public bool HasOutput { get; init; } = true;

    /// <summary>Normalise each head's queries and keys (with the model's norm kind and epsilon) before the rotary positions.</summary>
    public required bool QueryKeyNorm { get; init; }

    /// <summary>Whether a position sees only itself and earlier ones.</summary>
    public required bool Causal { get; init; }

    /// <summary>How many positions, itself included, a position sees; 0 for all.</summary>
    public required int SlidingWindow { get; init; }

    /// <summary>The factor on q·k before the softmax.</summary>
    public required float Scale { get; init; }

    /// <summary>A mask for each pair of positions that the caller provides.</summary>
    public PairMask PairMask { get; init; }
}

/// <summary>What a caller's number for a pair of positions does.</summary>
internal enum PairMask
{
    None,

    /// <summary>Zero hides the pair.</summary>
    Boolean,

    /// <summary>Is added to the score.</summary>
    Additive,

    /// <summary>Multiplies the probability; the rest is not renormalised.</summary>
    Multiplicative,
}

internal enum Activation { Relu, Gelu, GeluTanh, Silu, Tanh }

internal sealed record FeedForwardSpec
{
    public required int Dim { get; init; }
    public required Activation Activation { get; init; }
    public required bool Gated { get; init; }

    /// <summary>Bias of the projection(s) into the feed-forward dimension (gate and up alike).</summary>
    public required bool InputBias { get; init; }
    public required bool OutputBias { get; init; }

    /// <summary>Whether the block is one linear layer, without an activation.</summary>
    public bool IsLinear { get; init; }
}

internal enum NormKind { LayerNorm, RmsNorm }

internal enum NormPlacement { Pre, Post }

internal sealed record NormSpec
{
    public required NormKind Kind { get; init; }
    public required NormPlacement Placement { get; init; }
    public required float Epsilon { get; init; }

    /// <summary>What is added to an RMSNorm's weight: 1 for Gemma, whose weights begin at 0.</summary>
    public float WeightOffset { get; init; }
}

/// <summary>Probabilities of dropping an element while training; 0 for none.</summary>
internal sealed record DropoutSpec
{
    /// <summary>No dropout: what inference has.</summary>
    public static DropoutSpec None { get; } = new() { Embedding = 0, Attention = 0, Residual = 0 };

    public required float Embedding { get; init; }
    public required float Attention { get; init; }
    public required float Residual { get; init; }

    /// <summary>Of the feed-forward block's inner layer.</summary>
    public float FeedForward { get; init; }

    /// <summary>Of what a classifier looks at.</summary>
    public float Head { get; init; }

    /// <summary>Of what the layer before a classifier looks at (RoBERTa).</summary>
    public float Pooler { get; init; }

    /// <summary>Of states that a stack's final norm has seen (T5).</summary>
    public float FinalNorm { get; init; }

    /// <summary>Whether <see cref="Residual"/> is also of what attention adds to the residual stream; not so in DistilBERT.</summary>
    public bool AfterAttention { get; init; } = true;
}

internal enum InitializationKind
{
    /// <summary>N(0, StandardDeviation); projections that write the residual stream divided by sqrt(2 · Layers) (GPT-2).</summary>
    Gpt2,

    /// <summary>U(±sqrt(6 / (in + out))) for projections, N(0, StandardDeviation) for embeddings (Glorot and Bengio, 2010).</summary>
    Xavier,

    /// <summary>U(±1/sqrt(in)) for projections and their biases, N(0, StandardDeviation) for embeddings (PyTorch's nn.Linear).</summary>
    FanInUniform,

    /// <summary>As <see cref="Xavier"/>, also for embeddings, and for query, key and value as one matrix (PyTorch's nn.Transformer).</summary>
    XavierAll,
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

    /// <summary>Llama, Mistral, Qwen2 and Gemma.</summary>
    Llama,
    GptNeox,
    Phi,
    Bloom,
    Bert,

    /// <summary>RoBERTa, XLM-RoBERTa and CamemBERT.</summary>
    Roberta,
    DistilBert,
    Vit,

    /// <summary>BART and Marian.</summary>
    Bart,
    T5,
}
