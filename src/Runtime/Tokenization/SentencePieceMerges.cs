using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// Byte-pair encoding as SentencePiece does it (Kudo and Richardson 2018): of two neighbours that together are a piece always
/// those whose piece has the highest score, of equals the leftmost. User-defined pieces are found first and never merge.
/// </summary>
internal sealed class SentencePieceMerges : TokenModel
{
    private readonly Dictionary<Rune, int> _characters = [];
    private readonly MergeTable _merges = new();
    private readonly PieceTrie _userDefined = new();
    private readonly List<string> _missing = [];
    private readonly int _count;
    private readonly UnknownCharacters _unknownCharacters;

    public SentencePieceMerges(IReadOnlyList<SentencePiece> pieces, UnknownCharacters unknownCharacters)
    {
        _count = pieces.Count;
        _unknownCharacters = unknownCharacters;
        var known = new Dictionary<string, int>();
        for (int token = 0; token < _count; token++)
        {
            SentencePiece piece = pieces[token];
            if (piece.Kind == PieceKind.UserDefined) _userDefined.Add(piece.Content, token);
            if (piece.Kind == PieceKind.Normal) known.Add(piece.Content, token);
        }

        foreach (string content in known.Keys.ToArray()) AddCharacters(content, known);
        AddMerges(pieces, known);
    }

    public override void Append(ReadOnlySpan<char> word, List<int> tokens)
    {
        var chain = new MergeChain(_merges);
        var merged = new List<int>();
        bool followsUnknown = false;
        while (!word.IsEmpty)
        {
            int length = _userDefined.Longest(word, out int token);
            if (length > 0)
            {
                Flush(chain, merged, followsUnknown, tokens);
                tokens.Add(token);
                followsUnknown = false;
            }
            else
            {
                Rune.DecodeFromUtf16(word, out Rune character, out length);
                if (_characters.TryGetValue(character, out token))
                {
                    chain.Append(token);
                }
                else
                {
                    followsUnknown = Flush(chain, merged, followsUnknown, tokens);
                    _unknownCharacters.Append(word[..length], followsUnknown, tokens);
                    followsUnknown = true;
                }
            }

            word = word[length..];
        }

        Flush(chain, merged, followsUnknown, tokens);
    }

    /// <summary>Appends what the chain merges to; characters that are only parts of pieces are unknown by themselves.</summary>
    /// <returns>Whether the last token is unknown.</returns>
    private bool Flush(MergeChain chain, List<int> merged, bool followsUnknown, List<int> tokens)
    {
        merged.Clear();
        chain.Complete(merged);
        foreach (int token in merged)
        {
            bool isKnown = token < _count;
            if (isKnown)
                tokens.Add(token);
            else
                _unknownCharacters.Append(_missing[token - _count], followsUnknown, tokens);
            followsUnknown = !isKnown;
        }

        return followsUnknown;
    }

    /// <summary>Numbers the characters of a piece, those that are no pieces beyond all tokens.</summary>
    private void AddCharacters(string content, Dictionary<string, int> known)
    {
        foreach (Rune character in content.EnumerateRunes())
        {
            string text = character.ToString();
            if (!known.TryGetValue(text, out int token))
            {
                token = _count + _missing.Count;
                _missing.Add(text);
                known.Add(text, token);
            }

            _characters[character] = token;
        }
    }

    private void AddMerges(IReadOnlyList<SentencePiece> pieces, Dictionary<string, int> known)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> parts = known.GetAlternateLookup<ReadOnlySpan<char>>();
        int rank = -1;
        float score = float.NaN;
        IEnumerable<int> normal = Enumerable.Range(0, _count).Where(token => pieces[token].Kind == PieceKind.Normal);
        foreach (int token in normal.OrderByDescending(token => pieces[token].Score))
        {
            if (pieces[token].Score != score) rank++;
            score = pieces[token].Score;
            ReadOnlySpan<char> content = pieces[token].Content;
            for (int cut = 1; cut < content.Length; cut++)
            {
                if (parts.TryGetValue(content[..cut], out int left) && parts.TryGetValue(content[cut..], out int right))
                    _merges.Add(left, right, token, rank);
            }
        }
    }
}
