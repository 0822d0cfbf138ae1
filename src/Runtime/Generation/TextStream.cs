using System.Text;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Generation;

/// <summary>
/// Decodes tokens as they come. It holds back what is only a part of a character, so that the pieces, put together, are
/// what <see cref="ITokenizer.Decode"/> makes of all tokens at once.
/// </summary>
public sealed class TextStream
{
    private readonly ITokenizer _tokenizer;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private char[] _characters = new char[64];
    private int _leadingSpaces;

    /// <summary>A stream at the beginning of a text.</summary>
    /// <param name="tokenizer">Says what each token adds.</param>
    public TextStream(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _leadingSpaces = tokenizer.LeadingSpaces;
    }

    /// <summary>The characters that the token completes; often empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The token is outside the vocabulary.</exception>
    public string Append(int token) => Decode(_tokenizer.BytesOf(token), flush: false);

    /// <summary>Ends the text: U+FFFD if a character was left incomplete, else empty. The stream then begins another text.</summary>
    public string Complete()
    {
        string text = Decode([], flush: true);
        _leadingSpaces = _tokenizer.LeadingSpaces;
        return text;
    }

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        int needed = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (_characters.Length < needed) _characters = new char[needed];
        int count = _decoder.GetChars(bytes, _characters, flush);
        ReadOnlySpan<char> text = _characters.AsSpan(0, count);
        while (_leadingSpaces > 0 && text.StartsWith(' '))
        {
            text = text[1..];
            _leadingSpaces--;
        }

        if (!text.IsEmpty) _leadingSpaces = 0;
        return text.ToString();
    }
}
