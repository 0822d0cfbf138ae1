using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Splits a text into the words that merges stay within: a regular expression, on Unicode characters, matched by hand in one pass.</summary>
internal abstract class WordSplitter
{
    protected enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>The length of the first word of a text that is not empty.</summary>
    public abstract int FirstWord(ReadOnlySpan<char> text);

    /// <summary>The length of <c>'s|'t|'re|'ve|'m|'ll|'d</c>, or 0.</summary>
    protected static int Contraction(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    /// <summary>The length of <c>\s+(?!\S)|\s+</c>: one space is left to the word that follows, if others remain.</summary>
    protected static int Spaces(ReadOnlySpan<char> text)
    {
        int run = RunOf(Kind.Space, text);
        return run < text.Length && run > 1 ? run - 1 : run;
    }

    protected static int RunOf(Kind kind, ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && KindAt(text[length..], out int step) == kind) length += step;
        return length;
    }

    /// <remarks>All white space is in the basic plane, so that a space is always one char.</remarks>
    protected static Kind KindAt(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out Rune character, out length);
        if (Rune.IsWhiteSpace(character)) return Kind.Space;
        if (Rune.IsLetter(character)) return Kind.Letter;
        return Rune.IsNumber(character) ? Kind.Number : Kind.Other;
    }
}
