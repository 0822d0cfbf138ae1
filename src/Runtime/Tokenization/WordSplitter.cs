using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// Splits a text into words as GPT-2 does:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, on Unicode characters, in one pass.
/// </summary>
internal static class WordSplitter
{
    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>The length of the first word of a text that is not empty.</summary>
    public static int FirstWord(ReadOnlySpan<char> text)
    {
        int contraction = Contraction(text);
        if (contraction > 0) return contraction;

        int lead = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        Kind kind = KindAt(text[lead..], out _);
        if (kind != Kind.Space) return lead + RunOf(kind, text[lead..]);

        int spaces = RunOf(Kind.Space, text);
        bool leavesOneToTheNextWord = spaces < text.Length && spaces > 1;
        return leavesOneToTheNextWord ? spaces - 1 : spaces;
    }

    private static int Contraction(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    private static int RunOf(Kind kind, ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && KindAt(text[length..], out int step) == kind) length += step;
        return length;
    }

    /// <remarks>All white space is in the basic plane, so that a space is always one char.</remarks>
    private static Kind KindAt(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out Rune character, out length);
        if (Rune.IsWhiteSpace(character)) return Kind.Space;
        if (Rune.IsLetter(character)) return Kind.Letter;
        return Rune.IsNumber(character) ? Kind.Number : Kind.Other;
    }
}
