using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// GPT-2's spelling of bytes as printable characters: those that are printable in Latin-1 stand for themselves, the other 68
/// for U+0100 … U+0143 in their order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = new char[256];
    private static readonly short[] Bytes = new short[256 + 68];

    static ByteAlphabet()
    {
        Bytes.AsSpan().Fill(-1);
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool isPrintable = value is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ');
            int character = isPrintable ? value : next++;
            Characters[value] = (char)character;
            Bytes[character] = (short)value;
        }
    }

    /// <summary>Spells the UTF-8 of a text. The destination needs three characters for each of the text's.</summary>
    public static int Spell(ReadOnlySpan<char> text, Span<char> spelling)
    {
        int count = 0;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune character in text.EnumerateRunes())
        {
            int length = character.EncodeToUtf8(utf8);
            foreach (byte value in utf8[..length]) spelling[count++] = Characters[value];
        }

        return count;
    }

    /// <summary>The bytes that a token spells; its own UTF-8 when it is not in the alphabet, as added tokens may be.</summary>
    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (token[i] >= Bytes.Length || Bytes[token[i]] < 0) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)Bytes[token[i]];
        }

        return bytes;
    }
}
