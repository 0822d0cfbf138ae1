using System.Buffers;
using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// The unigram language model (Kudo 2018, section 3.2): of all divisions of a text into pieces the one whose scores, logarithms
/// of probabilities, have the greatest sum, found by Viterbi's algorithm in one pass.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const float UnknownPenalty = 10f;

    private readonly PieceTrie _pieces = new();
    private readonly double[] _scores;
    private readonly float _unknownScore;
    private readonly UnknownCharacters _unknownCharacters;

    public UnigramModel(IReadOnlyList<SentencePiece> pieces, UnknownCharacters unknownCharacters)
    {
        _unknownCharacters = unknownCharacters;
        _scores = new double[pieces.Count];
        float lowest = float.MaxValue;
        float highest = 1.17549435e-38f;
        foreach (SentencePiece piece in pieces)
        {
            if (piece.Kind != PieceKind.Normal) continue;
            lowest = Math.Min(lowest, piece.Score);
            highest = Math.Max(highest, piece.Score);
        }

        _unknownScore = lowest - UnknownPenalty;
        for (int token = 0; token < pieces.Count; token++)
        {
            SentencePiece piece = pieces[token];
            if (piece.Kind is not (PieceKind.Normal or PieceKind.UserDefined)) continue;
            _pieces.Add(piece.Content, token);
            _scores[token] = piece.Kind == PieceKind.Normal ? piece.Score : Encoding.UTF8.GetByteCount(piece.Content) * highest - 0.1;
        }
    }

    public override void Append(ReadOnlySpan<char> word, List<int> tokens)
    {
        Step[] rented = ArrayPool<Step>.Shared.Rent(word.Length + 1);
        Span<Step> steps = rented.AsSpan(0, word.Length + 1);
        steps.Fill(new Step(Start: -1, Token: -1, Score: 0));
        for (int start = 0; start < word.Length;)
        {
            Rune.DecodeFromUtf16(word[start..], out _, out int character);
            Extend(word, start, character, steps);
            start += character;
        }

        AppendBest(word, steps, tokens);
        ArrayPool<Step>.Shared.Return(rented);
    }

    /// <summary>Tries all pieces that begin at a place, and the unknown if none of them is the one character there.</summary>
    private void Extend(ReadOnlySpan<char> word, int start, int character, Span<Step> steps)
    {
        float before = steps[start].Score;
        bool hasCharacter = false;
        int node = PieceTrie.Root;
        for (int end = start; end < word.Length && _pieces.TryStep(ref node, word[end]);)
        {
            end++;
            int token = _pieces.TokenAt(node);
            if (token < 0) continue;
            Improve(ref steps[end], start, token, _scores[token] + before);
            hasCharacter |= end - start == character;
        }

        if (!hasCharacter) Improve(ref steps[start + character], start, token: -1, _unknownScore + before);
    }

    private static void Improve(ref Step step, int start, int token, double score)
    {
        if (step.Start < 0 || score > step.Score) step = new Step(start, token, (float)score);
    }

    private void AppendBest(ReadOnlySpan<char> word, Span<Step> steps, List<int> tokens)
    {
        var ends = new Stack<int>();
        for (int end = word.Length; end > 0; end = steps[end].Start) ends.Push(end);
        bool followsUnknown = false;
        foreach (int end in ends)
        {
            Step step = steps[end];
            if (step.Token >= 0)
                tokens.Add(step.Token);
            else
                _unknownCharacters.Append(word[step.Start..end], followsUnknown, tokens);
            followsUnknown = step.Token < 0;
        }
    }

    /// <param name="Start">Where the last piece begins; -1 where no division ends.</param>
    /// <param name="Token">The last piece, or -1 for an unknown character.</param>
    /// <param name="Score">The sum so far.</param>
    private readonly record struct Step(int Start, int Token, float Score);
}
