using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Generation;

/// <summary>Log-probabilities of given texts, for every session of one row.</summary>
public static class ScoringExtensions
{
    private const int DefaultChunk = 64;

    /// <summary>
    /// Appends the tokens to the cache and returns the log-probability of each one that something stands before: of all, or, where the cache
    /// is empty, of all but the first.
    /// </summary>
    /// <param name="session">A session of one row; reset it first if the text is to stand alone.</param>
    /// <param name="tokens">The sequence, at least one token.</param>
    /// <param name="chunk">The tokens whose logits are in memory at once, chunk · VocabularySize floats; at least 1, by default 64.</param>
    /// <exception cref="ArgumentException">There are no tokens, or the model's logits are NaN or +∞.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary, or the chunk is not positive.</exception>
    /// <exception cref="InvalidOperationException">The tokens do not fit into what is left of the context, or the session has several rows.</exception>
    public static SequenceScore Score(this IDecoderSession session, ReadOnlySpan<int> tokens, int chunk = DefaultChunk)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunk, 1);
        CheckSequence(session, tokens);
        int vocabulary = session.VocabularySize;
        int unscored = session.Position == 0 ? 1 : 0;
        var scores = new float[tokens.Length - unscored];
        var logits = new float[checked(Math.Min(chunk, tokens.Length) * vocabulary)];
        var scratch = new float[vocabulary];

        if (unscored == 0) scores[0] = LogProbability(session.Logits, tokens[0], scratch);
        for (int start = 0; start < tokens.Length; start += chunk)
        {
            int count = Math.Min(chunk, tokens.Length - start);
            session.PrefillLogits(tokens.Slice(start, count), logits.AsSpan(0, count * vocabulary));
            int following = Math.Min(count, tokens.Length - start - 1);
            for (int i = 0; i < following; i++)
            {
                int token = start + i + 1;
                scores[token - unscored] = LogProbability(logits.AsSpan(i * vocabulary, vocabulary), tokens[token], scratch);
            }
        }

        return new SequenceScore(scores);
    }

    /// <summary>As <see cref="Score(IDecoderSession, ReadOnlySpan{int}, int)"/>, of the text's tokens.</summary>
    /// <param name="session">A session of one row; reset it first if the text is to stand alone.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="text">Encoded as the tokenizer does it, special tokens included.</param>
    /// <exception cref="ArgumentException">The text has no token, or a character that the tokenizer does not know, or the model's logits are NaN or +∞.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token of the text is outside the model's vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The tokens do not fit into what is left of the context, or the session has several rows.</exception>
    public static SequenceScore Score(this IDecoderSession session, ITokenizer tokenizer, string text)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return session.Score(tokenizer.Encode(text));
    }

    /// <summary>Encodes the source and scores a target that follows from it.</summary>
    /// <param name="session">A session of one row.</param>
    /// <param name="source">See <see cref="IEncoderDecoderSession.Encode(ReadOnlySpan{int}, ReadOnlySpan{int})"/>.</param>
    /// <param name="target">The decoder's start token, which is not scored, and the text with its end token if that counts.</param>
    /// <param name="sourceMask">See <see cref="IEncoderDecoderSession.Encode(ReadOnlySpan{int}, ReadOnlySpan{int})"/>.</param>
    /// <param name="chunk">The tokens whose logits are in memory at once, chunk · VocabularySize floats; at least 1, by default 64.</param>
    /// <exception cref="ArgumentException">There are no tokens, or the model's logits are NaN or +∞.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside its vocabulary, or the chunk is not positive.</exception>
    /// <exception cref="InvalidOperationException">The target does not fit into the context, or the session has several rows.</exception>
    public static SequenceScore Score(
        this IEncoderDecoderSession session,
        ReadOnlySpan<int> source,
        ReadOnlySpan<int> target,
        ReadOnlySpan<int> sourceMask = default,
        int chunk = DefaultChunk)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Encode(source, sourceMask);
        return session.Score(target, chunk);
    }

    private static float LogProbability(ReadOnlySpan<float> logits, int token, Span<float> scratch) =>
        (float)(logits[token] - LogSoftmax.Normalizer(logits, scratch));

    private static void CheckSequence(IDecoderSession session, ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty) throw new ArgumentException("There are no tokens to score.", nameof(tokens));
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)session.VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(tokens), token, $"Token {token} is outside the vocabulary of {session.VocabularySize} tokens.");
        }

        if (tokens.Length > session.ContextLength - session.Position)
        {
            throw new InvalidOperationException(
                $"{tokens.Length} tokens after position {session.Position} would pass the ContextLength of {session.ContextLength}.");
        }
    }
}
