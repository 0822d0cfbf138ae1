namespace Transformer.Compiled;

/// <summary>
/// To what the factors of a device's matrix products are rounded. Everything else stays single precision: weights, gradients and activations in memory, sums of
/// products, all other operations, and decoding, whose products of few rows wait for memory.
/// </summary>
public enum Precision
{
    /// <summary>They are not: products of single-precision numbers.</summary>
    Float32,

    /// <summary>To 11 significant bits with float's range (NVIDIA's TensorFloat-32), on tensor cores.</summary>
    Tf32,

    /// <summary>To 8 significant bits with float's range (bfloat16), on tensor cores.</summary>
    BFloat16,
}
