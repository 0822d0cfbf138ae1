using System.Buffers;
using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Finds added tokens in a text: the leftmost, of those that begin at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly AddedToken[] _longestFirst;
    private readonly SearchValues<string> _contents;

    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        _longestFirst = [.. tokens.OrderByDescending(token => token.Content.Length)];
        _contents = SearchValues.Create(Array.ConvertAll(_longestFirst, token => token.Content), StringComparison.Ordinal);
    }

    /// <param name="text">Where to look.</param>
    /// <param name="place">The place of the token, with the white space that it takes.</param>
    public AddedToken? First(ReadOnlySpan<char> text, out Range place)
    {
        place = default;
        if (_longestFirst.Length == 0) return null;
        for (int from = 0; ;)
        {
            int found = text[from..].IndexOfAny(_contents);
            if (found < 0) return null;
            int start = from + found;
            AddedToken token = LongestAt(text[start..]);
            int end = start + token.Content.Length;
            from = end;
            if (token.IsSingleWord && (EndsInWord(text[..start]) || BeginsWithWord(text[end..]))) continue;
            if (token.StripsLeft) start = text[..start].TrimEnd().Length;
            if (token.StripsRight) end = text.Length - text[end..].TrimStart().Length;
            place = start..end;
            return token;
        }
    }

    private AddedToken LongestAt(ReadOnlySpan<char> text)
    {
        int index = 0;
        while (!text.StartsWith(_longestFirst[index].Content)) index++;
        return _longestFirst[index];
    }

    private static bool EndsInWord(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out Rune last, out _) == OperationStatus.Done && IsWord(last);

    private static bool BeginsWithWord(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out Rune first, out _) == OperationStatus.Done && IsWord(first);

    private static bool IsWord(Rune character) =>
        Rune.IsLetterOrDigit(character)
        || Rune.GetUnicodeCategory(character) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber;
}
