namespace Transformer.Compiled;

/// <summary>The non-linearity of a feed-forward block.</summary>
public enum Activation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x · Φ(x), with the error function (Hendrycks and Gimpel, 2016).</summary>
    Gelu,

    /// <summary>GELU by the tanh formula, as in GPT-2: x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³))).</summary>
    GeluTanh,

    /// <summary>x · sigmoid(x), also called swish.</summary>
    Silu,
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
    /// <summary>x + f(norm(x)), and one norm before the head (GPT-2, Llama).</summary>
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

    /// <summary>Every position is divided by the factor.</summary>
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
}
