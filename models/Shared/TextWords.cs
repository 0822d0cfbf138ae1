using System.Globalization;
using System.Text;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models;

/// <summary>
/// A text's words and where they stand. A word is what BERT's tokenizer cuts first: letters and digits up to a space, or one punctuation
/// character, or one Chinese character; so the pieces of the whole text are the pieces of its words, one after another.
/// </summary>
internal sealed class TextWords
{
    private TextWords(string text, (int Start, int End)[] places) => (Text, Places) = (text, places);

    public string Text { get; }

    /// <summary>Where each word begins and where it ends, in UTF-16 units.</summary>
    public IReadOnlyList<(int Start, int End)> Places { get; }

    public static TextWords Of(string text)
    {
        List<(int, int)> places = [];
        int start = 0;
        int at = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            int next = at + character.Utf16SequenceLength;
            bool isSpace = Rune.IsWhiteSpace(character);
            if (isSpace || StandsAlone(character))
            {
                if (start < at) places.Add((start, at));
                if (!isSpace) places.Add((at, next));
                start = next;
            }

            at = next;
        }

        if (start < at) places.Add((start, at));
        return new TextWords(text, [.. places]);
    }

    /// <summary>The text from the first of the words to the last, as it was written.</summary>
    public string Between(int firstWord, int lastWord) => Text[Places[firstWord].Start..Places[lastWord].End];

    /// <summary>The pieces of each word, which has a space before it where the text has, without the tokens that are put around a text.</summary>
    public int[][] Pieces(ITokenizer tokenizer)
    {
        int[] around = tokenizer.Encode("");
        return [.. Places.Select(place => Inside(tokenizer.Encode(Word(place)), around))];
    }

    private string Word((int Start, int End) place)
    {
        string word = Text[place.Start..place.End];
        return place.Start > 0 && char.IsWhiteSpace(Text[place.Start - 1]) ? " " + word : word;
    }

    private static int[] Inside(int[] tokens, int[] around)
    {
        int before = tokens.AsSpan().CommonPrefixLength(around);
        return tokens[before..(tokens.Length - (around.Length - before))];
    }

    private static bool StandsAlone(Rune character) =>
        (character.IsAscii && !Rune.IsLetterOrDigit(character) && !Rune.IsWhiteSpace(character) && !Rune.IsControl(character))
        || Rune.GetUnicodeCategory(character) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
            or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
            or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation
        || character.Value is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2EBEF);
}
