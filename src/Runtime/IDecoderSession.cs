using Transformer.Compiled.Generation;

namespace Transformer.Compiled;

/// <summary>
/// A decoder with its key/value cache: feeds tokens in, gives the logits of the next one. Implemented by each generated
/// session, on the CPU and on CUDA alike, so that sampling and serving are written once.
/// </summary>
/// <remarks>
/// A session has <see cref="Batch"/> static rows, each with its own cache and position. Members that name no row speak of
/// the only row and throw <see cref="InvalidOperationException"/> in a session of several, unless they say otherwise.
/// Arguments are checked before anything changes. After disposal all but the sizes throw <see cref="ObjectDisposedException"/>.
/// One caller at a time.
/// </remarks>
public interface IDecoderSession : IDisposable
{
    /// <summary>The number of tokens that the model knows: tokens are 0 … VocabularySize − 1.</summary>
    int VocabularySize { get; }

    /// <summary>The number of tokens that fit into a row's cache.</summary>
    int ContextLength { get; }

    /// <summary>The number of rows.</summary>
    int Batch { get; }

    /// <summary>The number of tokens in the cache.</summary>
    int Position { get; }

    /// <summary>The logits after the last token of every row, [Batch, VocabularySize]; valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">No row has a token yet.</exception>
    ReadOnlySpan<float> Logits { get; }

    /// <summary>The tokens in the cache, [Position]; valid until the next call.</summary>
    ReadOnlySpan<int> History { get; }

    /// <summary>The number of tokens in the cache of <paramref name="row"/>, which is the position of the next one.</summary>
    /// <param name="row">From 0, below <see cref="Batch"/>; so for all members that take one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    int PositionOf(int row);

    /// <summary>The logits after the last token of <paramref name="row"/>, [VocabularySize]; valid until the next call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The row has no token yet.</exception>
    ReadOnlySpan<float> LogitsOf(int row);

    /// <summary>The tokens in the cache of <paramref name="row"/>, [PositionOf(row)]; valid until the next call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    ReadOnlySpan<int> HistoryOf(int row);

    /// <summary>Appends a prompt, or the next part of one, and computes the logits after its last token. Allocates nothing.</summary>
    /// <param name="tokens">At least one token, [tokens].</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The tokens do not fit into what is left of the context.</exception>
    void Prefill(ReadOnlySpan<int> tokens);

    /// <summary>Appends a prompt to a row, or the next part of one, and computes the logits after its last token. Allocates nothing.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokens">At least one token, [tokens].</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or a token is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The tokens do not fit into what is left of the row's context.</exception>
    void Prefill(int row, ReadOnlySpan<int> tokens);

    /// <summary>As <see cref="Prefill(ReadOnlySpan{int})"/>, and writes the logits after every one of the tokens.</summary>
    /// <param name="tokens">The prompt, [tokens].</param>
    /// <param name="logits">Receives [tokens, VocabularySize].</param>
    /// <exception cref="ArgumentException">The prompt is empty, or there is not room for exactly these logits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The tokens do not fit into what is left of the context.</exception>
    void PrefillLogits(ReadOnlySpan<int> tokens, Span<float> logits);

    /// <summary>Appends one token and computes the logits after it. Allocates nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The token is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The context is full.</exception>
    void Decode(int token);

    /// <summary>Appends one token to each row and computes the logits after them, also in a session of one row. Allocates nothing.</summary>
    /// <param name="tokens">[Batch].</param>
    /// <exception cref="ArgumentException">There is not one token for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The context of a row is full.</exception>
    void Decode(ReadOnlySpan<int> tokens);

    /// <summary>Appends <paramref name="token"/> and draws the one after it, where the logits are. Allocates nothing but the sampler's scratch, once.</summary>
    /// <returns>The token drawn, which is not in the cache yet.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The context is full.</exception>
    /// <exception cref="ArgumentException">No token can be drawn (<see cref="Sampler.Sample"/>); the token given has been appended.</exception>
    int Next(int token, Sampler sampler);

    /// <summary>
    /// Makes each row go on from another one's cache, position, history and logits: row r from those that row <c>parents[r]</c> had before
    /// the call. Any rows may repeat or be left out. Allocates nothing.
    /// </summary>
    /// <param name="parents">[Batch], each a row.</param>
    /// <exception cref="ArgumentException">There is not one parent for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A parent is not a row.</exception>
    void ReorderCache(ReadOnlySpan<int> parents);

    /// <summary>
    /// Makes every row go on from the cache, position, history and logits of <paramref name="row"/>, so that one prefill serves all. Allocates
    /// nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    void Broadcast(int row);

    /// <summary>Empties the cache of every row, so that the next token starts anew at position 0.</summary>
    void Reset();

    /// <summary>Empties the cache of <paramref name="row"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    void Reset(int row);
}
