namespace Transformer.Compiled;

/// <summary>
/// Turns sequences or images into hidden states, and where the model has them into pooled vectors and logits. Implemented by each generated
/// encoder, on the CPU and on CUDA alike.
/// </summary>
/// <remarks>
/// Spans are valid until the next call of <c>Encode</c>. Members that the model has not got throw <see cref="InvalidOperationException"/>.
/// Arguments are checked before anything changes; encoding allocates nothing. After disposal all but the sizes throw
/// <see cref="ObjectDisposedException"/>. One caller at a time.
/// </remarks>
public interface IEncoder : IDisposable
{
    /// <summary>Sequences, or images, that are encoded at once.</summary>
    int Batch { get; }

    /// <summary>The most tokens of a sequence; of an image, its patches and the class token.</summary>
    int SequenceLength { get; }

    /// <summary>The number of tokens that the model knows; 0 where images come in.</summary>
    int VocabularySize { get; }

    /// <summary>Width of a hidden state.</summary>
    int DModel { get; }

    /// <summary>n: the tokens of each sequence in the last call of <c>Encode</c>; 0 before it.</summary>
    int Length { get; }

    /// <summary>The states of the last layer, [Batch, n, DModel].</summary>
    /// <exception cref="InvalidOperationException">Nothing has been encoded yet.</exception>
    ReadOnlySpan<float> HiddenStates { get; }

    /// <summary>The vector of each sequence, [Batch, width]: after the pooler where there is one, of length 1 where the model says so.</summary>
    /// <exception cref="InvalidOperationException">The model does not pool, or nothing has been encoded yet.</exception>
    ReadOnlySpan<float> Pooled { get; }

    /// <summary>The head's results: [Batch, n, labels], [Batch, labels], or for answers [2, Batch, n], starts before ends.</summary>
    /// <exception cref="InvalidOperationException">The model has no head, or nothing has been encoded yet.</exception>
    ReadOnlySpan<float> Logits { get; }

    /// <summary>How likely an answer starts at each token, as logits, [Batch, n].</summary>
    /// <exception cref="InvalidOperationException">The model looks for no answers, or nothing has been encoded yet.</exception>
    ReadOnlySpan<float> StartLogits { get; }

    /// <summary>How likely an answer ends at each token, as logits, [Batch, n].</summary>
    /// <exception cref="InvalidOperationException">The model looks for no answers, or nothing has been encoded yet.</exception>
    ReadOnlySpan<float> EndLogits { get; }

    /// <summary>Computes states of tokens. Only the n columns that are given are computed.</summary>
    /// <param name="tokens">[Batch, n], n from 1 to <see cref="SequenceLength"/>.</param>
    /// <param name="attentionMask">1 for a token that others see, 0 for one that is hidden; as long as the tokens. Default: all 1.</param>
    /// <param name="tokenTypes">The kind of each token; as long as the tokens. Default: all 0.</param>
    /// <exception cref="ArgumentException">A length does not fit, or there are token types and the model has none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token, mask or type is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The model reads images, or factors or pairs were set for sequences of another length.</exception>
    void Encode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> attentionMask = default, ReadOnlySpan<int> tokenTypes = default);

    /// <summary>Computes states of images.</summary>
    /// <param name="pixels">[Batch, channels, height, width].</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The model reads tokens, or factors or pairs were set for another number of patches.</exception>
    void Encode(ReadOnlySpan<float> pixels);

    /// <summary>Gives each token's embedding a factor, from the next <c>Encode</c> on: 0 hides a token, a small factor softens it.</summary>
    /// <param name="factors">[Batch, n], for sequences of n tokens; empty for none.</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The model is declared without <see cref="TransformerAttribute.InputMask"/>.</exception>
    void SetInputScale(ReadOnlySpan<float> factors);

    /// <summary>Gives each pair of positions a number, from the next <c>Encode</c> on; what it does, the model's <see cref="PairMask"/> says.</summary>
    /// <param name="pairs">[Batch, n, n] (query, then key), for sequences of n tokens; empty for none.</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is NaN or +∞, or is not finite and multiplies.</exception>
    /// <exception cref="InvalidOperationException">The model is declared without <see cref="TransformerAttribute.PairMask"/>.</exception>
    void SetPairMask(ReadOnlySpan<float> pairs);

    /// <summary>The states after so many layers, [Batch, n, DModel]; after 0 those of the embeddings.</summary>
    /// <param name="layer">0 to the number of layers.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model is declared without <see cref="InferenceAttribute.HiddenStates"/>, or nothing has been encoded yet.
    /// </exception>
    ReadOnlySpan<float> HiddenStatesOf(int layer);
}
