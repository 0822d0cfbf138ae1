namespace Transformer.Compiled.Tokenization;

/// <summary>Turns text into tokens and back. Implementations are immutable: any number of threads may call them.</summary>
public interface ITokenizer
{
    /// <summary>One more than the highest token.</summary>
    int VocabularySize { get; }

    /// <summary>The number of spaces that decoding removes from the beginning of a text, because encoding puts them there.</summary>
    int LeadingSpaces { get; }

    /// <summary>The tokens of a text, with those that the tokenizer puts before and after it. A surrogate without its pair counts as U+FFFD.</summary>
    /// <exception cref="ArgumentException">The text has a character that the tokenizer does not know.</exception>
    int[] Encode(ReadOnlySpan<char> text);

    /// <summary>As <see cref="Encode(ReadOnlySpan{char})"/>, into the caller's memory.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokens">Receives the tokens; what is behind them may be written to, too.</param>
    /// <returns>The number of tokens.</returns>
    /// <exception cref="ArgumentException">
    /// The destination is too short, of which the message says how many tokens there are, or the text has a character that the tokenizer does not know.
    /// </exception>
    int Encode(ReadOnlySpan<char> text, Span<int> tokens);

    /// <summary>The text of tokens, without special tokens. Each sequence of bytes that is no UTF-8 becomes U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary.</exception>
    string Decode(ReadOnlySpan<int> tokens);

    /// <summary>What a token adds to a text, in UTF-8: possibly a part of a character; nothing for special tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The token is outside the vocabulary.</exception>
    ReadOnlySpan<byte> BytesOf(int token);
}
