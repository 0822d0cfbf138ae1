namespace Transformer.Compiled;

/// <summary>
/// Declares that this partial class is a transformer. The generator writes the other half of the class: <c>Weights</c>,
/// <c>Session</c>, or <c>Encoder</c> for an encoder-only model, and, with <see cref="TrainingAttribute"/>, <c>Trainer</c>.
/// </summary>
/// <remarks>
/// Sizes count elements (tokens, heads, layers, floats of a vector), never bytes. Without any choice made, the model is built like
/// GPT-2: LayerNorm (1e-5) before each block, learned positions, GELU by its tanh form, biases everywhere, tied head.
/// Values that do not fit together are compile-time errors (<c>TC0001</c> and on).
/// </remarks>
/// <example>
/// <code>
/// [Transformer(VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = 6)]
/// public sealed partial class CharGpt;
///
/// [Transformer("gpt2/config.json", ContextLength = 512)]
/// public sealed partial class Gpt2;
///
/// [Transformer("bert/config.json", Head = HeadKind.SequenceClassification, Labels = 4)]
/// public sealed partial class Topics;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class TransformerAttribute : Attribute
{
    /// <summary>
    /// A model given by this attribute's properties. <see cref="VocabularySize"/>, <see cref="ContextLength"/>, <see cref="DModel"/>,
    /// <see cref="Heads"/> and <see cref="Layers"/> are required; of images, <see cref="ImageHeight"/> and <see cref="PatchSize"/> instead of the
    /// first two.
    /// </summary>
    public TransformerAttribute()
    {
    }

    /// <summary>A model given by a Hugging Face <c>config.json</c> of a supported family; docs/families.md lists them.</summary>
    /// <param name="configPath">
    /// The file's path relative to the project directory, or its <c>ConfigName</c>; compared case-sensitively, <c>\</c> counts as <c>/</c>. The
    /// file must be among the project's <c>AdditionalFiles</c>. Beside it may be set <see cref="ContextLength"/> and
    /// <see cref="SourceLength"/>, the dropout rates, and another head: <see cref="Head"/>, <see cref="Labels"/>, <see cref="Pooling"/>,
    /// <see cref="Pooler"/>, <see cref="NormalizePooled"/>.
    /// </param>
    public TransformerAttribute(string configPath) => ConfigPath = configPath;

    /// <summary>The path given to the constructor; null for a model given by properties.</summary>
    public string? ConfigPath { get; }

    // Stacks.

    /// <summary>Which stacks the model has. Default: <see cref="Architecture.DecoderOnly"/>.</summary>
    public Architecture Architecture { get; set; }

    /// <summary>
    /// The encoder's vocabulary in an encoder–decoder, 1 to 16,777,216; <see cref="VocabularySize"/> is then the decoder's. Default:
    /// <see cref="VocabularySize"/>, and one table of embeddings for both.
    /// </summary>
    public int SourceVocabularySize { get; set; }

    /// <summary>The most tokens of a source in an encoder–decoder, 1 to 16,777,216. Default: <see cref="ContextLength"/>.</summary>
    public int SourceLength { get; set; }

    /// <summary>Number of the encoder's layers in an encoder–decoder, 1 to 1,024. Default: <see cref="Layers"/>, which is then the decoder's.</summary>
    public int EncoderLayers { get; set; }

    /// <summary>
    /// Whether encoder and decoder share the table of token embeddings; their vocabularies are then one. Default: true unless
    /// <see cref="SourceVocabularySize"/> is given.
    /// </summary>
    public bool SharedEmbeddings { get; set; }

    /// <summary>How sublayers join the residual stream. Default: <see cref="ResidualKind.Sequential"/>.</summary>
    public ResidualKind Residual { get; set; }

    /// <summary>
    /// Whether a learned weighted sum of the embedding's and all layers' states, γ · Σ softmax(w)ᵢ · xᵢ, stands for the last layer's (Peters et
    /// al., 2018, equation 1). Default: false.
    /// </summary>
    public bool LayerSum { get; set; }

    // Sizes.

    /// <summary>Number of different tokens, 1 to 16,777,216. Required, but for images.</summary>
    public int VocabularySize { get; set; }

    /// <summary>
    /// The most tokens of a sequence, of a decoder those of prompt and continuation together: 1 to 16,777,216. Required without a config, but for images.
    /// Beside one it may shorten the config's length; extend it only where nothing in the model depends on it (<c>bloom</c>, <c>t5</c>).
    /// </summary>
    public int ContextLength { get; set; }

    /// <summary>Width of the residual stream, 1 to 65,536. Required.</summary>
    public int DModel { get; set; }

    /// <summary>Number of blocks (attention and feed-forward), 1 to 1,024. Required.</summary>
    public int Layers { get; set; }

    // Attention.

    /// <summary>Number of query heads, 1 to 4,096. Required.</summary>
    public int Heads { get; set; }

    /// <summary>
    /// Number of key/value heads; divides <see cref="Heads"/>. Default: <see cref="Heads"/> (multi-head attention); fewer is grouped-query (Ainslie et
    /// al., 2023), 1 is multi-query attention (Shazeer, 2019). The heads that share one may be 65,536 wide together.
    /// </summary>
    public int KeyValueHeads { get; set; }

    /// <summary>Width of one head's queries and keys, 1 to 1,024. Default: <see cref="DModel"/> / <see cref="Heads"/>, which must then be whole.</summary>
    public int HeadDim { get; set; }

    /// <summary>Width of a head's values, 1 to 1,024. Default: <see cref="HeadDim"/>.</summary>
    public int ValueHeadDim { get; set; }

    /// <summary>
    /// Whether a projection follows the heads. Without one, <see cref="Heads"/> · <see cref="ValueHeadDim"/> must be <see cref="DModel"/>. Default: true.
    /// </summary>
    public bool AttentionOutput { get; set; } = true;

    /// <summary>Whether a position sees only itself and earlier ones. Default: true, and false for an encoder-only model, which alone has the choice.</summary>
    public bool Causal { get; set; } = true;

    /// <summary>A mask for each pair of positions that the caller gives with each batch; encoder-only models. Default: none.</summary>
    public PairMask PairMask { get; set; }

    /// <summary>How many positions, itself included, a position sees: 1 or more, or 0 (the default) for all (Beltagy et al., 2020, section 3.1); in an encoder–decoder, of the decoder. Needs <see cref="Causal"/>.</summary>
    public int SlidingWindow { get; set; }

    /// <summary>
    /// Whether each head's queries and keys are normalised (with <see cref="Norm"/> and <see cref="NormEpsilon"/>) before rotary positions are
    /// applied (Dehghani et al., 2023). Default: false.
    /// </summary>
    public bool QueryKeyNorm { get; set; }

    // Feed-forward.

    /// <summary>Width of the feed-forward block's inner layer, 1 to 1,048,576. Default: 4 · <see cref="DModel"/>.</summary>
    public int FeedForwardDim { get; set; }

    /// <summary>The feed-forward block's non-linearity. Default: <see cref="Activation.GeluTanh"/>.</summary>
    public Activation Activation { get; set; } = Activation.GeluTanh;

    /// <summary>
    /// Whether the activation of one projection multiplies a second one: <c>down(act(gate(x)) · up(x))</c>, so that with
    /// <see cref="Activation.Silu"/> the block is SwiGLU (Shazeer, 2020). Default: false.
    /// </summary>
    public bool Gated { get; set; }

    /// <summary>Whether the feed-forward block is one linear layer from <see cref="DModel"/> to itself, without an activation. Default: false.</summary>
    public bool LinearFeedForward { get; set; }

    // Norms.

    /// <summary>The kind of every norm. Default: <see cref="NormKind.LayerNorm"/>.</summary>
    public NormKind Norm { get; set; }

    /// <summary>Where norms stand relative to the residual sum. Default: <see cref="NormPlacement.Pre"/>.</summary>
    public NormPlacement NormPlacement { get; set; }

    /// <summary>Added to the variance (or mean square) under the root; 1e-30 to 1. Default: 1e-5.</summary>
    public double NormEpsilon { get; set; } = 1e-5;

    /// <summary>Whether the sum of embeddings is normalised before the first layer. Default: false.</summary>
    public bool EmbeddingNorm { get; set; }

    /// <summary>Whether the last layer's states are normalised. Default: true where norms stand before the sublayers, false where they follow.</summary>
    public bool FinalNorm { get; set; }

    // Positions.

    /// <summary>How positions enter the model. Default: <see cref="PositionKind.Learned"/>.</summary>
    public PositionKind Position { get; set; } = PositionKind.Learned;

    /// <summary>Where the members of a rotary or sine/cosine pair stand. Default: <see cref="PairLayout.Halves"/>.</summary>
    public PairLayout PairLayout { get; set; }

    /// <summary>
    /// The base of the geometric series of wavelengths, for rotary positions; 1 to 1e12. Default: 10,000. Sinusoidal positions always
    /// have 10,000.
    /// </summary>
    public double RotaryTheta { get; set; } = 10_000;

    /// <summary>How many leading elements of each head are rotated; even, 2 to <see cref="HeadDim"/>. Default: <see cref="HeadDim"/>.</summary>
    public int RotaryDim { get; set; }

    /// <summary>How rotary wavelengths are stretched for contexts longer than those first trained on. Default: none.</summary>
    public RotaryScalingKind RotaryScaling { get; set; }

    /// <summary>The stretch of <see cref="RotaryScaling"/>; 1 to 1e6. Required when there is a scaling.</summary>
    public double RotaryScalingFactor { get; set; } = 1;

    /// <summary>Llama 3's scaling: wavelengths above <c>original length / this</c> are stretched by the whole factor; 1e-6 to 1e6. Default: 1.</summary>
    public double RotaryScalingLowFrequencyFactor { get; set; } = 1;

    /// <summary>
    /// Llama 3's scaling: wavelengths below <c>original length / this</c> stay as they are; at most 1e6 and above
    /// <see cref="RotaryScalingLowFrequencyFactor"/>. Default: 4.
    /// </summary>
    public double RotaryScalingHighFrequencyFactor { get; set; } = 4;

    /// <summary>Llama 3's scaling: the context length, in tokens, of the first training; 1 to 16,777,216. Default: 8,192.</summary>
    public int RotaryScalingOriginalContextLength { get; set; } = 8192;

    /// <summary>How positions meet the tokens' vectors, for learned and sinusoidal ones. Default: <see cref="PositionCombination.Added"/>.</summary>
    public PositionCombination PositionCombination { get; set; }

    /// <summary>Width of a position's vector that stands beside the token's, 1 to 65,536. Required there.</summary>
    public int PositionWidth { get; set; }

    /// <summary>Whether learned or sinusoidal positions are added again before each layer. Default: false.</summary>
    public bool PositionEveryLayer { get; set; }

    /// <summary>Buckets of a relative bias, 4 to 16,777,216. Default: 32.</summary>
    public int RelativeBuckets { get; set; }

    /// <summary>
    /// The distance, in tokens, from which all share a vector or bucket. Default: 128 for a relative bias, <see cref="ContextLength"/> for relative keys.
    /// </summary>
    public int RelativeMaxDistance { get; set; }

    // Biases.

    /// <summary>
    /// Whether the projections of attention and feed-forward have biases, where no property below says otherwise. Default: true. The head has
    /// its own <see cref="HeadBias"/>; a LayerNorm always has one.
    /// </summary>
    public bool Biases { get; set; } = true;

    /// <summary>Whether the query projection has a bias. Default: <see cref="Biases"/>.</summary>
    public bool QueryBias { get; set; } = true;

    /// <summary>Whether the key projection has a bias. Default: <see cref="Biases"/>.</summary>
    public bool KeyBias { get; set; } = true;

    /// <summary>Whether the value projection has a bias. Default: <see cref="Biases"/>.</summary>
    public bool ValueBias { get; set; } = true;

    /// <summary>Whether attention's output projection has a bias. Default: <see cref="Biases"/>.</summary>
    public bool AttentionOutputBias { get; set; } = true;

    /// <summary>Whether all projections of the feed-forward block have biases. Default: <see cref="Biases"/>.</summary>
    public bool FeedForwardBias { get; set; } = true;

    // Embedding and head.

    /// <summary>What stands on the last layer. Default: <see cref="HeadKind.LanguageModel"/>; <see cref="HeadKind.None"/> for an encoder-only model.</summary>
    public HeadKind Head { get; set; }

    /// <summary>Classes of a classifier, or numbers that it gives, 1 to 16,777,216. Required there; beside a config, by default the config's.</summary>
    public int Labels { get; set; }

    /// <summary>
    /// Whether a linear layer of width <see cref="DModel"/>, <see cref="Activation"/> and a norm stand before a masked language model's
    /// projection, as in BERT. Default: true.
    /// </summary>
    public bool HeadTransform { get; set; } = true;

    /// <summary>How a sequence becomes one vector. Default: <see cref="PoolingKind.First"/> for sequence classification, otherwise none.</summary>
    public PoolingKind Pooling { get; set; }

    /// <summary>Whether a linear layer and tanh follow the pooling, as in BERT. Default: true for sequence classification by the first token.</summary>
    public bool Pooler { get; set; }

    /// <summary>Whether pooled vectors are divided by their Euclidean length. Default: false.</summary>
    public bool NormalizePooled { get; set; }

    /// <summary>Rows of the table of token types (segments) of an encoder-only model of tokens, up to 16,777,216; 0 (the default) for none.</summary>
    public int TokenTypes { get; set; }

    /// <summary>Whether the caller gives a factor for each token's embedding: 0 hides it, a small number softens it; encoder-only models. Default: false.</summary>
    public bool InputMask { get; set; }

    /// <summary>Height of images in pixels, 1 to 16,384: makes an encoder-only model look at images instead of tokens.</summary>
    public int ImageHeight { get; set; }

    /// <summary>Width of images in pixels, 1 to 16,384. Default: <see cref="ImageHeight"/>.</summary>
    public int ImageWidth { get; set; }

    /// <summary>Height and width of a patch in pixels; divides <see cref="ImageHeight"/> and <see cref="ImageWidth"/>. Required for images.</summary>
    public int PatchSize { get; set; }

    /// <summary>Colour channels of images, 1 to 16,384. Default: 3.</summary>
    public int Channels { get; set; }

    /// <summary>Whether a head over the vocabulary shares the token embedding's weights (Press and Wolf, 2017). Default: true.</summary>
    public bool TiedHead { get; set; } = true;

    /// <summary>Whether a head over the vocabulary has a bias per token; a classifier always has one. Default: false, and true for a masked language model.</summary>
    public bool HeadBias { get; set; }

    /// <summary>The factor on token embeddings as they enter the model, √<see cref="DModel"/> in Vaswani et al., 2017, section 3.4; 1e-30 to 1e6. Default: 1.</summary>
    public double EmbeddingScale { get; set; } = 1;

    // Training.

    /// <summary>Rate of dropout on the sum of embeddings, in [0, 1), while training. Default: 0.</summary>
    public double EmbeddingDropout { get; set; }

    /// <summary>Rate of dropout on attention probabilities, in [0, 1), while training. Default: 0.</summary>
    public double AttentionDropout { get; set; }

    /// <summary>Rate of dropout on what each block adds to the residual stream, in [0, 1), while training. Default: 0.</summary>
    public double ResidualDropout { get; set; }

    /// <summary>Rate of dropout inside the feed-forward block, after the activation, in [0, 1), while training. Default: 0.</summary>
    public double FeedForwardDropout { get; set; }

    /// <summary>Rate of dropout on what a classifier looks at, in [0, 1), while training. Default: 0.</summary>
    public double HeadDropout { get; set; }

    /// <summary>How <c>Weights.Initialize</c> draws the weights. Default: <see cref="InitializationKind.Gpt2"/>.</summary>
    public InitializationKind Initialization { get; set; }

    /// <summary>The standard deviation of the normal draws of <see cref="Initialization"/>; 0 to 10. Default: 0.02.</summary>
    public double InitializationDeviation { get; set; } = 0.02;
}
