using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// WordPiece (Schuster and Nakajima 2012; as used by Devlin et al. 2019): from the beginning of a word always the longest piece
/// of the vocabulary; a word that cannot be so divided is unknown as a whole.
/// </summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _beginnings;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _continuations;
    private readonly int _longest;
    private readonly int _unknown;
    private readonly int _maximumCharacters;

    /// <param name="vocabulary">Contents and their tokens.</param>
    /// <param name="unknown">The token of words that cannot be divided.</param>
    /// <param name="continuation">What the contents of pieces inside words begin with: <c>##</c>.</param>
    /// <param name="maximumCharacters">Longer words are unknown, which bounds the time that a word takes.</param>
    public WordPieceModel(Dictionary<string, int> vocabulary, int unknown, string continuation, int maximumCharacters)
    {
        _unknown = unknown;
        _maximumCharacters = maximumCharacters;
        var continuations = new Dictionary<string, int>();
        foreach ((string content, int token) in vocabulary)
        {
            _longest = Math.Max(_longest, content.Length);
            if (content.StartsWith(continuation, StringComparison.Ordinal)) continuations.Add(content[continuation.Length..], token);
        }

        _beginnings = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _continuations = continuations.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public override void Append(ReadOnlySpan<char> word, List<int> tokens)
    {
        int first = tokens.Count;
        bool isDivided = HasAtMost(_maximumCharacters, word);
        for (ReadOnlySpan<char> rest = word; isDivided && !rest.IsEmpty;)
        {
            int length = Longest(rest, rest.Length == word.Length ? _beginnings : _continuations, out int token);
            tokens.Add(token);
            rest = rest[length..];
            isDivided = length > 0;
        }

        if (isDivided) return;
        tokens.RemoveRange(first, tokens.Count - first);
        tokens.Add(_unknown);
    }

    /// <summary>The length of the longest piece that the text begins with, or 0.</summary>
    private int Longest(ReadOnlySpan<char> text, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> pieces, out int token)
    {
        int length = Math.Min(text.Length, _longest);
        while (!pieces.TryGetValue(text[..length], out token) && length > 0) length--;
        return length;
    }

    private static bool HasAtMost(int maximum, ReadOnlySpan<char> word)
    {
        if (word.Length <= maximum) return true;
        int count = 0;
        foreach (Rune _ in word.EnumerateRunes())
        {
            if (++count > maximum) return false;
        }

        return true;
    }
}
