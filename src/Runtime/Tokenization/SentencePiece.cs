namespace Transformer.Compiled.Tokenization;

/// <summary>What a piece of a SentencePiece model is; the numbers are those of its files.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>A piece of a SentencePiece model: its token is its place among all pieces.</summary>
internal readonly record struct SentencePiece(string Content, float Score, PieceKind Kind)
{
    /// <summary>What stands for a space, U+2581.</summary>
    public const char Space = '\u2581';
}

/// <summary>Turns characters that no piece has into tokens: one unknown for a run of them, or their bytes.</summary>
internal sealed class UnknownCharacters
{
    private readonly int _unknown;
    private readonly int[]? _bytes;

    /// <param name="unknown">The token of unknown characters.</param>
    /// <param name="bytes">The tokens of the 256 bytes, or null where characters do not fall back to them.</param>
    public UnknownCharacters(int unknown, int[]? bytes)
    {
        _unknown = unknown;
        _bytes = bytes;
    }

    /// <summary>Appends the tokens of one character.</summary>
    public void Append(ReadOnlySpan<char> character, bool followsUnknown, List<int> tokens)
    {
        if (_bytes == null)
        {
            if (!followsUnknown) tokens.Add(_unknown);
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        int length = System.Text.Encoding.UTF8.GetBytes(character, utf8);
        foreach (byte value in utf8[..length]) tokens.Add(_bytes[value]);
    }
}
