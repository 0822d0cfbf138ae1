namespace Transformer.Compiled.Tokenization;

/// <summary>Llama 3's words: contractions in either case, letters with any one character before them, up to three digits, lines apart.</summary>
internal sealed class Llama3WordSplitter : WordSplitter
{
    /// <summary>The expression, by which files name it.</summary>
    public const string Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const int MaximumDigits = 3;

    public override int FirstWord(ReadOnlySpan<char> text)
    {
        int contraction = ContractionOfEitherCase(text);
        if (contraction > 0) return contraction;

        Kind kind = KindAt(text, out int first);
        if (kind == Kind.Letter) return RunOf(Kind.Letter, text);
        if (kind == Kind.Number) return Digits(text);

        bool endsLine = text[0] is '\r' or '\n';
        int letters = endsLine ? 0 : RunOf(Kind.Letter, text[first..]);
        if (letters > 0) return first + letters;

        int lead = text[0] == ' ' ? 1 : 0;
        int others = RunOf(Kind.Other, text[lead..]);
        if (others > 0) return lead + others + LineEnds(text[(lead + others)..]);

        int lastLineEnd = text[..RunOf(Kind.Space, text)].LastIndexOfAny('\r', '\n');
        return lastLineEnd >= 0 ? lastLineEnd + 1 : Spaces(text);
    }

    private static int ContractionOfEitherCase(ReadOnlySpan<char> text)
    {
        Span<char> lower = stackalloc char[Math.Min(text.Length, 3)];
        for (int i = 0; i < lower.Length; i++) lower[i] = LowerCase(text[i]);
        return Contraction(lower);
    }

    /// <remarks>A long s (U+017F) is the s of another case.</remarks>
    private static char LowerCase(char character) => character == 'ſ' ? 's' : char.IsAsciiLetterUpper(character) ? (char)(character | 0x20) : character;

    private static int Digits(ReadOnlySpan<char> text)
    {
        int length = 0;
        for (int digits = 0; digits < MaximumDigits && length < text.Length; digits++)
        {
            if (KindAt(text[length..], out int step) != Kind.Number) break;
            length += step;
        }

        return length;
    }

    private static int LineEnds(ReadOnlySpan<char> text)
    {
        int other = text.IndexOfAnyExcept('\r', '\n');
        return other < 0 ? text.Length : other;
    }
}
