namespace Transformer.Compiled;

/// <summary>The non-linearity of a feed-forward block.</summary>
public enum Activation
{
    /// <summary>max(0, x) (Nair and Hinton, 2010).</summary>
    Relu,

    /// <summary>x · Φ(x), with the error function (Hendrycks and Gimpel, 2016).</summary>
    Gelu,

    /// <summary>GELU by the tanh formula, as in GPT-2: x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³))).</summary>
    GeluTanh,

    /// <summary>x · sigmoid(x), also called swish (Elfwing, Uchibe and Doya, 2018; Ramachandran, Zoph and Le, 2017).</summary>
    Silu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,
}

/// <summary>How a vector is normalised.</summary>
public enum NormKind
{
    /// <summary>To mean 0 and variance 1, then scaled and shifted by learned vectors (Ba, Kiros and Hinton, 2016).</summary>
    LayerNorm,

    /// <summary>To root mean square 1, then scaled by a learned vector (Zhang and Sennrich, 2019).</summary>
    RmsNorm,
}

/// <summary>Where norms stand relative to the residual sum.</summary>
public enum NormPlacement
{
    /// <summary>x + f(norm(x)), and one norm before the head (GPT-2, Llama; Xiong et al., 2020).</summary>
    Pre,

    /// <summary>norm(x + f(x)) (Vaswani et al., 2017).</summary>
    Post,
}

/// <summary>How positions enter the model.</summary>
public enum PositionKind
{
    /// <summary>Not at all; only the causal mask tells positions apart.</summary>
    None,

    /// <summary>A learned vector per position is added to the embedding.</summary>
    Learned,

    /// <summary>Fixed sines and cosines are added to the embedding (Vaswani et al., 2017, §3.5); needs an even width.</summary>
    Sinusoidal,

    /// <summary>Queries and keys are rotated by angles proportional to the position (Su et al., 2021).</summary>
    Rotary,

    /// <summary>A learned bias on the score for each head and bucket of distances, shared by the layers (Raffel et al., 2020, section 2.1).</summary>
    RelativeBias,

    /// <summary>A learned vector for each distance, in each layer, multiplied with the query as keys are (Shaw et al., 2018, equation 4; BERT's relative_key).</summary>
    RelativeKeys,

    /// <summary>As <see cref="RelativeKeys"/>, and multiplied with the key too (BERT's relative_key_query).</summary>
    RelativeKeysAndQueries,

    /// <summary>As <see cref="RelativeKeys"/>, and another learned vector for each distance, added to the value (Shaw et al., 2018, equations 3 and 4).</summary>
    RelativeKeysAndValues,

    /// <summary>The score falls with the distance, for each head at a rate of its own (Press et al., 2022).</summary>
    Alibi,

    /// <summary>Learned vectors are added to queries, keys and values of each layer, each from a table of its own.</summary>
    LearnedPerProjection,
}

/// <summary>How a position's vector meets the token's.</summary>
public enum PositionCombination
{
    /// <summary>They are added.</summary>
    Added,

    /// <summary>It stands behind the token's vector, which is narrower by its width: together they are <c>DModel</c> wide.</summary>
    Concatenated,

    /// <summary>It stands behind a token's vector of <c>DModel</c> elements, and a learned projection brings both to <c>DModel</c>.</summary>
    ConcatenatedAndProjected,
}

/// <summary>Where the two members of a rotary or sine/cosine pair stand in a vector of n elements.</summary>
public enum PairLayout
{
    /// <summary>At i and i + n/2 (Llama as Hugging Face stores it; all sines, then all cosines).</summary>
    Halves,

    /// <summary>At 2i and 2i + 1 (the papers' own order).</summary>
    Interleaved,
}

/// <summary>How rotary wavelengths are stretched.</summary>
public enum RotaryScalingKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Every position is divided by the factor (Chen et al., 2023: position interpolation).</summary>
    Linear,

    /// <summary>Long wavelengths are stretched by the factor, short ones kept, those between blended (Llama 3.1).</summary>
    Llama3,
}

/// <summary>How fresh weights are drawn. Norms always begin as the identity and other biases at 0 unless said here.</summary>
public enum InitializationKind
{
    /// <summary>N(0, σ²); projections that write the residual stream have σ / √(2 · Layers) (Radford et al., 2019).</summary>
    Gpt2,

    /// <summary>Projections U(±√(6 / (inputs + outputs))), embeddings N(0, σ²) (Glorot and Bengio, 2010).</summary>
    Xavier,

    /// <summary>Projections and their biases U(±1/√inputs), embeddings N(0, σ²) (PyTorch's nn.Linear).</summary>
    FanInUniform,

    /// <summary>
    /// As <see cref="Xavier"/>, with embeddings too, and with the bound of the self-attention's queries, keys and values that of the one matrix
    /// which PyTorch's nn.MultiheadAttention makes of them.
    /// </summary>
    XavierAll,
}

/// <summary>Which stacks a model has.</summary>
public enum Architecture
{
    /// <summary>One stack that sees only what came before (GPT).</summary>
    DecoderOnly,

    /// <summary>One stack that sees the whole sequence (BERT).</summary>
    EncoderOnly,

    /// <summary>An encoder of sources, and a decoder that attends to its states (Vaswani et al., 2017).</summary>
    EncoderDecoder,
}

/// <summary>What stands on the last layer.</summary>
public enum HeadKind
{
    /// <summary>Logits over the vocabulary for the token after each position.</summary>
    LanguageModel,

    /// <summary>Logits over the vocabulary for the token at each position (Devlin et al., 2019).</summary>
    MaskedLanguageModel,

    /// <summary>Logits over labels for a whole sequence or an image.</summary>
    SequenceClassification,

    /// <summary>Logits over labels for each token.</summary>
    TokenClassification,

    /// <summary>For each token, two logits: how likely an answer starts and ends there.</summary>
    SpanExtraction,

    /// <summary>Nothing: hidden states and, with a pooling, one vector for each sequence.</summary>
    None,
}

/// <summary>How the states of a sequence become one vector.</summary>
public enum PoolingKind
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>The first token's state (BERT's [CLS]; Devlin et al., 2019).</summary>
    First,

    /// <summary>The mean over the tokens that are not masked (Reimers and Gurevych, 2019).</summary>
    Mean,

    /// <summary>The largest value of each element over the tokens that are not masked.</summary>
    Max,
}

/// <summary>What a caller's number for a pair of positions (query, key) does.</summary>
public enum PairMask
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Zero hides the key from the query; any other number shows it.</summary>
    Boolean,

    /// <summary>Is added to the score before the softmax.</summary>
    Additive,

    /// <summary>Multiplies the probability after the softmax; the rest is not renormalised.</summary>
    Multiplicative,
}

/// <summary>How sublayers join the residual stream.</summary>
public enum ResidualKind
{
    /// <summary>x + attention, then that + feed-forward.</summary>
    Sequential,

    /// <summary>x + attention(norm(x)) + feed-forward(norm'(x)) (GPT-NeoX; Black et al., 2022). Needs norms before the sublayers.</summary>
    Parallel,

    /// <summary>As <see cref="Parallel"/>, with one norm for both (GPT-J, Phi).</summary>
    ParallelSharedNorm,

    /// <summary>There is no residual stream: a sublayer's result replaces its input.</summary>
    None,
}
