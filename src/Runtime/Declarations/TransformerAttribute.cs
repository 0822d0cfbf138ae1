namespace Transformer.Compiled;

/// <summary>
/// Declares that this partial class is a transformer. The generator writes the other half of the class: <c>Weights</c>,
/// <c>Session</c> and, with <see cref="TrainingAttribute"/>, <c>Trainer</c>.
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
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class TransformerAttribute : Attribute
{
    /// <summary>
    /// A model given by this attribute's properties. <see cref="VocabularySize"/>, <see cref="ContextLength"/>, <see cref="DModel"/>,
    /// <see cref="Heads"/> and <see cref="Layers"/> are required.
    /// </summary>
    public TransformerAttribute()
    {
    }

    /// <summary>A model given by a Hugging Face <c>config.json</c> of a supported family: gpt2, llama, mistral, qwen2.</summary>
    /// <param name="configPath">
    /// The file's path relative to the project directory, or its <c>ConfigName</c>; compared case-sensitively, <c>\</c> counts as <c>/</c>. The
    /// file must be among the project's <c>AdditionalFiles</c>. Beside it only <see cref="ContextLength"/> and the three dropout rates may be set.
    /// </param>
    public TransformerAttribute(string configPath) => ConfigPath = configPath;

    /// <summary>The path given to the constructor; null for a model given by properties.</summary>
    public string? ConfigPath { get; }

    // Sizes.

    /// <summary>Number of different tokens, 1 to 16,777,216. Required.</summary>
    public int VocabularySize { get; set; }

    /// <summary>
    /// The most tokens that a position can look back on, itself included: 1 to 16,777,216. Required without a config. Beside one it may
    /// shorten the config's length, never extend it.
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
    /// Number of key/value heads; divides <see cref="Heads"/>. Default: <see cref="Heads"/> (multi-head attention); fewer is grouped-query,
    /// 1 is multi-query attention.
    /// </summary>
    public int KeyValueHeads { get; set; }

    /// <summary>Width of one head, 1 to 4,096. Default: <see cref="DModel"/> / <see cref="Heads"/>, which must then be whole.</summary>
    public int HeadDim { get; set; }

    /// <summary>Whether a position sees only itself and earlier ones. Default: true.</summary>
    public bool Causal { get; set; } = true;

    /// <summary>How many positions, itself included, a position sees: 1 or more, or 0 (the default) for all. Needs <see cref="Causal"/>.</summary>
    public int SlidingWindow { get; set; }

    /// <summary>
    /// Whether each head's queries and keys are normalised (with <see cref="Norm"/> and <see cref="NormEpsilon"/>) before rotary positions are
    /// applied. Default: false.
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

    // Norms.

    /// <summary>The kind of every norm. Default: <see cref="NormKind.LayerNorm"/>.</summary>
    public NormKind Norm { get; set; }

    /// <summary>Where norms stand relative to the residual sum. Default: <see cref="NormPlacement.Pre"/>.</summary>
    public NormPlacement NormPlacement { get; set; }

    /// <summary>Added to the variance (or mean square) under the root; 1e-30 to 1. Default: 1e-5.</summary>
    public double NormEpsilon { get; set; } = 1e-5;

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

    /// <summary>Whether the head, which turns states into logits, shares the token embedding's weights. Default: true.</summary>
    public bool TiedHead { get; set; } = true;

    /// <summary>Whether the head has a bias per token. Default: false.</summary>
    public bool HeadBias { get; set; }

    /// <summary>The factor on token embeddings as they enter the model; 1e-30 to 1e6. Default: 1.</summary>
    public double EmbeddingScale { get; set; } = 1;

    // Training.

    /// <summary>Rate of dropout on the sum of embeddings, in [0, 1), while training. Default: 0.</summary>
    public double EmbeddingDropout { get; set; }

    /// <summary>Rate of dropout on attention probabilities, in [0, 1), while training. Default: 0.</summary>
    public double AttentionDropout { get; set; }

    /// <summary>Rate of dropout on what each block adds to the residual stream, in [0, 1), while training. Default: 0.</summary>
    public double ResidualDropout { get; set; }

    /// <summary>How <c>Weights.Initialize</c> draws the weights. Default: <see cref="InitializationKind.Gpt2"/>.</summary>
    public InitializationKind Initialization { get; set; }

    /// <summary>The standard deviation of the normal draws of <see cref="Initialization"/>; 0 to 10. Default: 0.02.</summary>
    public double InitializationDeviation { get; set; } = 0.02;
}
