using System.Buffers;
using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>What each token of a vocabulary adds to a text, in one array.</summary>
internal sealed class TokenBytes
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;

    public TokenBytes(IReadOnlyList<byte[]> tokens)
    {
        var bytes = new ArrayBufferWriter<byte>();
        _starts = new int[tokens.Count + 1];
        for (int token = 0; token < tokens.Count; token++)
        {
            bytes.Write(tokens[token]);
            _starts[token + 1] = bytes.WrittenCount;
        }

        _bytes = bytes.WrittenSpan.ToArray();
    }

    public int Count => _starts.Length - 1;

    public ReadOnlySpan<byte> this[int token] => (uint)token < (uint)Count
        ? _bytes.AsSpan(_starts[token].._starts[token + 1])
        : throw new ArgumentOutOfRangeException(nameof(token), token, $"Token {token} is outside the vocabulary of {Count} tokens.");

    public string Decode(ReadOnlySpan<int> tokens, int leadingSpaces)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (int token in tokens) bytes.Write(this[token]);
        ReadOnlySpan<byte> text = bytes.WrittenSpan;
        while (leadingSpaces > 0 && text.StartsWith((byte)' '))
        {
            text = text[1..];
            leadingSpaces--;
        }

        return Encoding.UTF8.GetString(text);
    }

    public static int CopyTo(ReadOnlySpan<int> encoded, Span<int> tokens)
    {
        if (encoded.Length > tokens.Length)
            throw new ArgumentException($"The text has {encoded.Length} tokens; the destination has room for {tokens.Length}.", nameof(tokens));
        encoded.CopyTo(tokens);
        return encoded.Length;
    }
}
