namespace Transformer.Compiled;

/// <summary>A decoder that attends to the states of a source: encode a source, then prefill and decode as in <see cref="IDecoderSession"/>.</summary>
/// <remarks>
/// Each row has a source of its own. <see cref="IDecoderSession.Reset()"/> keeps it; <see cref="IDecoderSession.ReorderCache"/> and
/// <see cref="IDecoderSession.Broadcast"/> carry it along. To prefill or decode a row before its source is encoded throws
/// <see cref="InvalidOperationException"/>.
/// </remarks>
public interface IEncoderDecoderSession : IDecoderSession
{
    /// <summary>The number of tokens that the encoder knows: those of sources are 0 … SourceVocabularySize − 1.</summary>
    int SourceVocabularySize { get; }

    /// <summary>The most tokens of a source.</summary>
    int SourceLength { get; }

    /// <summary>Computes the source's states for the only row, whose cache it empties. Allocates nothing.</summary>
    /// <param name="source">1 to <see cref="SourceLength"/> tokens. Only these are computed.</param>
    /// <param name="mask">1 for a token that is seen, 0 for one that is hidden; as long as the source. Default: all 1.</param>
    /// <exception cref="ArgumentException">The source is empty or too long, or the mask is not as long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token or a mask is out of its range.</exception>
    void Encode(ReadOnlySpan<int> source, ReadOnlySpan<int> mask = default);

    /// <summary>Computes the source's states for a row, whose cache it empties. Allocates nothing.</summary>
    /// <param name="row">The row.</param>
    /// <param name="source">1 to <see cref="SourceLength"/> tokens. Only these are computed.</param>
    /// <param name="mask">1 for a token that is seen, 0 for one that is hidden; as long as the source. Default: all 1.</param>
    /// <exception cref="ArgumentException">The source is empty or too long, or the mask is not as long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or a token or a mask is out of its range.</exception>
    void Encode(int row, ReadOnlySpan<int> source, ReadOnlySpan<int> mask = default);

    /// <summary>The tokens of a row's source, [source], none before <c>Encode</c>; valid until the next call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    ReadOnlySpan<int> SourceOf(int row);
}
