using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models.Answers;

/// <summary>A question with a text, cut into overlapping windows that the model can read.</summary>
internal sealed class QuestionContext
{
    private readonly TextWords _words;
    private readonly int[][] _pieces;
    private readonly TokenEncoding _empty;
    private readonly int _contextStart;
    private readonly int _contextType;
    private readonly int _room;

    /// <param name="tokenizer">The model's.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="context">Where the answer stands.</param>
    /// <param name="length">The most tokens that the model reads at once.</param>
    /// <exception cref="InvalidDataException">The context is empty, or the question leaves no room for it.</exception>
    public QuestionContext(TemplateTokenizer tokenizer, string question, string context, int length)
    {
        _words = TextWords.Of(context);
        if (_words.Places.Count == 0) throw new InvalidDataException("There is no text in which an answer could stand.");
        _pieces = _words.Pieces(tokenizer);
        _empty = tokenizer.EncodePair(question, "");
        TokenEncoding full = tokenizer.EncodePair(question, "a");
        _contextStart = _empty.Tokens.AsSpan().CommonPrefixLength(full.Tokens);
        _contextType = full.TokenTypes[_contextStart];
        _room = length - _empty.Tokens.Length;
        if (_room < 1)
            throw new InvalidDataException($"The question has {_empty.Tokens.Length} tokens; the model reads {length}, and none is left for the text.");
    }

    /// <summary>The windows: each begins in the middle of the one before, so that every short answer is whole in one of them.</summary>
    public IEnumerable<ContextWindow> Windows()
    {
        int first = 0;
        while (first < _pieces.Length)
        {
            int end = EndOf(first);
            yield return Window(first, end);
            if (end == _pieces.Length) yield break;
            first = Math.Max(first + 1, first + ((end - first) / 2));
        }
    }

    /// <summary>The text of an answer, as it was written.</summary>
    public string TextOf(ContextWindow window, AnswerSpan answer) => _words.Between(window.WordOf(answer.First), window.WordOf(answer.Last));

    /// <summary>The word before which a window that begins with <paramref name="first"/> has to end; at least one word, of which the first pieces may have to do.</summary>
    private int EndOf(int first)
    {
        int tokens = 0;
        int end = first;
        while (end < _pieces.Length && (end == first || tokens + _pieces[end].Length <= _room)) tokens += _pieces[end++].Length;
        return end;
    }

    private ContextWindow Window(int first, int end)
    {
        List<int> context = [];
        List<int> words = [];
        for (int word = first; word < end; word++)
        {
            foreach (int piece in _pieces[word].AsSpan(0, Math.Min(_pieces[word].Length, _room - context.Count)))
            {
                context.Add(piece);
                words.Add(word);
            }
        }

        int[] types = [.. _empty.TokenTypes[.._contextStart], .. Enumerable.Repeat(_contextType, context.Count), .. _empty.TokenTypes[_contextStart..]];
        return new ContextWindow([.. _empty.Tokens[.._contextStart], .. context, .. _empty.Tokens[_contextStart..]], types, _contextStart, [.. words]);
    }
}

/// <summary>A part of a text with the question before it.</summary>
/// <param name="Tokens">As the model reads them.</param>
/// <param name="TokenTypes">The part that each belongs to.</param>
/// <param name="Start">The first token of the text.</param>
/// <param name="Words">For each token of the text, the number of its word.</param>
internal sealed record ContextWindow(int[] Tokens, int[] TokenTypes, int Start, int[] Words)
{
    /// <summary>The tokens of the text.</summary>
    public Range Context => Start..(Start + Words.Length);

    public int WordOf(int token) => Words[token - Start];
}
