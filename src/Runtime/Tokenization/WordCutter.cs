using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Cuts a text into words; what stands between them is left out.</summary>
internal abstract class WordCutter
{
    /// <summary>The first word of a text, and where the rest begins; false when there is none.</summary>
    public abstract bool TryNext(ReadOnlySpan<char> text, out Range word, out int rest);

    /// <summary>The whole text is one word.</summary>
    public sealed class Whole : WordCutter
    {
        public override bool TryNext(ReadOnlySpan<char> text, out Range word, out int rest)
        {
            word = ..text.Length;
            rest = text.Length;
            return !text.IsEmpty;
        }
    }

    /// <summary>A word begins with each <paramref name="character"/> (<c>MergedWithNext</c>).</summary>
    public sealed class Before(char character) : WordCutter
    {
        public override bool TryNext(ReadOnlySpan<char> text, out Range word, out int rest)
        {
            int next = text.IsEmpty ? -1 : text[1..].IndexOf(character);
            rest = next < 0 ? text.Length : next + 1;
            word = ..rest;
            return !text.IsEmpty;
        }
    }

    /// <summary>Words are what stands between white space (<c>WhitespaceSplit</c>).</summary>
    public sealed class WhiteSpace : WordCutter
    {
        public override bool TryNext(ReadOnlySpan<char> text, out Range word, out int rest) => TryNext(text, Never, out word, out rest);
    }

    /// <summary>White space stands between words, and each punctuation character is a word (<c>BertPreTokenizer</c>).</summary>
    public sealed class Bert : WordCutter
    {
        public override bool TryNext(ReadOnlySpan<char> text, out Range word, out int rest) => TryNext(text, IsPunctuation, out word, out rest);
    }

    private protected static bool IsPunctuation(Rune character) => character.Value
        is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~') || Rune.IsPunctuation(character);

    private protected static bool Never(Rune character) => false;

    private protected static bool TryNext(ReadOnlySpan<char> text, Func<Rune, bool> standsAlone, out Range word, out int rest)
    {
        int start = 0;
        while (start < text.Length && char.IsWhiteSpace(text[start])) start++;
        int end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            Rune.DecodeFromUtf16(text[end..], out Rune character, out int length);
            bool isAlone = standsAlone(character);
            if (!isAlone || end == start) end += length;
            if (isAlone) break;
        }

        word = start..end;
        rest = end;
        return end > start;
    }
}
