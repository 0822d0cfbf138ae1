using System.Runtime.CompilerServices;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Generation;

/// <summary>Generation of tokens and text, for every session of one row.</summary>
/// <remarks>
/// Each of these prefills the prompt when the first element is asked for, after what the cache already holds; an empty prompt goes on from
/// there. Each sequence can be read once. At its end the cache holds all tokens but the last one that was drawn. What a session or a sampler throws
/// (the prompt does not fit, a session of several rows, a logit is NaN) comes when the element is asked for, not from the call.
/// </remarks>
public static class DecoderSessionExtensions
{
    /// <summary>Yields the tokens that follow the prompt. Allocates nothing for a token.</summary>
    /// <param name="session">A session of one row; not disposed here.</param>
    /// <param name="prompt">[tokens], copied; empty to go on from what the cache holds.</param>
    /// <param name="sampler">Draws the tokens.</param>
    /// <param name="options">When to end. Default: at the context length.</param>
    public static IEnumerable<int> Generate(
        this IDecoderSession session, ReadOnlySpan<int> prompt, Sampler sampler, GenerationOptions? options = null) =>
        Tokens(new TokenSequence(session, prompt, sampler, options));

    /// <summary>As <see cref="Generate"/>; each token is computed on the thread pool.</summary>
    /// <param name="session">A session of one row; not disposed here.</param>
    /// <param name="prompt">[tokens], copied; empty to go on from what the cache holds.</param>
    /// <param name="sampler">Draws the tokens.</param>
    /// <param name="options">When to end. Default: at the context length.</param>
    /// <param name="cancellationToken">Looked at before each token.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the cache holds what was computed before.</exception>
    public static IAsyncEnumerable<int> GenerateAsync(
        this IDecoderSession session,
        ReadOnlySpan<int> prompt,
        Sampler sampler,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default) =>
        TokensAsync(new TokenSequence(session, prompt, sampler, options), cancellationToken);

    /// <summary>Yields the text that follows the prompt, in pieces of complete characters.</summary>
    /// <param name="session">A session of one row; not disposed here.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="prompt">Encoded as the tokenizer does it, special tokens included.</param>
    /// <param name="sampler">Draws the tokens.</param>
    /// <param name="options">When to end. Default: at the context length.</param>
    /// <exception cref="ArgumentException">The prompt has a character that the tokenizer does not know.</exception>
    public static IEnumerable<string> GenerateText(
        this IDecoderSession session, ITokenizer tokenizer, string prompt, Sampler sampler, GenerationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        int[] tokens = tokenizer.Encode(prompt);
        return Text(session.Generate(tokens, sampler, options), StreamAfter(tokens, tokenizer));
    }

    /// <summary>As <see cref="GenerateText"/>; each token is computed on the thread pool.</summary>
    /// <param name="session">A session of one row; not disposed here.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="prompt">Encoded as the tokenizer does it, special tokens included.</param>
    /// <param name="sampler">Draws the tokens.</param>
    /// <param name="options">When to end. Default: at the context length.</param>
    /// <param name="cancellationToken">Looked at before each token.</param>
    /// <exception cref="ArgumentException">The prompt has a character that the tokenizer does not know.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the cache holds what was computed before.</exception>
    public static IAsyncEnumerable<string> GenerateTextAsync(
        this IDecoderSession session,
        ITokenizer tokenizer,
        string prompt,
        Sampler sampler,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        int[] tokens = tokenizer.Encode(prompt);
        return TextAsync(session.GenerateAsync(tokens, sampler, options), StreamAfter(tokens, tokenizer), cancellationToken);
    }

    private static IEnumerable<int> Tokens(TokenSequence sequence)
    {
        while (sequence.Next() is { } token) yield return token;
    }

    private static async IAsyncEnumerable<int> TokensAsync(TokenSequence sequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await Task.Run(sequence.Next, cancellationToken).ConfigureAwait(false) is { } token) yield return token;
    }

    private static IEnumerable<string> Text(IEnumerable<int> tokens, TextStream stream)
    {
        foreach (int token in tokens)
        {
            string piece = stream.Append(token);
            if (piece.Length > 0) yield return piece;
        }

        string rest = stream.Complete();
        if (rest.Length > 0) yield return rest;
    }

    private static async IAsyncEnumerable<string> TextAsync(
        IAsyncEnumerable<int> tokens, TextStream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (int token in tokens.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            string piece = stream.Append(token);
            if (piece.Length > 0) yield return piece;
        }

        string rest = stream.Complete();
        if (rest.Length > 0) yield return rest;
    }

    /// <summary>A stream that has read the prompt, so that a space between the two texts is not taken for one at the beginning.</summary>
    private static TextStream StreamAfter(ReadOnlySpan<int> prompt, ITokenizer tokenizer)
    {
        var stream = new TextStream(tokenizer);
        foreach (int token in prompt) stream.Append(token);
        return stream;
    }
}
