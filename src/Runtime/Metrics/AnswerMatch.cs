using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Transformer.Compiled.Metrics;

/// <summary>Exact match and F1 of answers to questions, as SQuAD's evaluation defines them.</summary>
/// <remarks>
/// Answers are normalised: lower case, ASCII punctuation taken away, the words a, an and the taken away, white space collapsed. Exact match is
/// whether the results are equal; F1 is 2 · common words / (words of both), words counted with multiplicity. Each question has the
/// best of its references, and both values are means over questions, in [0, 1]; 0 when nothing was added (Rajpurkar, Zhang, Lopyrev and
/// Liang 2016). An empty answer has F1 1 against an empty one, and 0 against any other (Rajpurkar, Jia and Liang 2018). Lowering maps single
/// characters, without regard to their neighbours. One thread at a time.
/// </remarks>
public sealed class AnswerMatch
{
    private readonly NGramMatcher _matcher = new();
    private double _f1;

    /// <summary>Questions that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Questions whose answer equals a reference after normalisation.</summary>
    public long Matches { get; private set; }

    /// <summary>Matches / Count; 0 when nothing was added.</summary>
    public double ExactMatch => Ratio.Of(Matches, Count);

    /// <summary>The mean over questions of the best F1; 0 when nothing was added.</summary>
    public double F1 => Ratio.Of(_f1, Count);

    /// <summary>Adds the answer to a question.</summary>
    /// <param name="prediction">The predicted answer; empty if the model says that there is none.</param>
    /// <param name="references">Right answers. None at all means that the question has no answer, as does an empty one.</param>
    public void Add(string prediction, params ReadOnlySpan<string> references)
    {
        string predicted = Normalize(prediction);
        string reference = references.IsEmpty ? "" : Normalize(references[0]);
        bool isMatch = predicted == reference;
        double best = TokenF1(predicted, reference);
        for (int i = 1; i < references.Length; i++)
        {
            reference = Normalize(references[i]);
            isMatch |= predicted == reference;
            best = Math.Max(best, TokenF1(predicted, reference));
        }
        if (isMatch) Matches++;
        _f1 += best;
        Count++;
    }

    /// <summary>An answer in lower case, without ASCII punctuation and articles, its words separated by one space.</summary>
    public static string Normalize(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var plain = new StringBuilder(answer.Length);
        foreach (char character in answer.ToLowerInvariant())
        {
            if (!IsAsciiPunctuation(character)) plain.Append(character);
        }
        return PythonText.JoinWords(WithoutArticles(plain.ToString()));
    }

    /// <summary>Puts a space in place of each run of letters, numbers and underscores that is an article.</summary>
    private static string WithoutArticles(string text)
    {
        var result = new StringBuilder(text.Length);
        int start = 0;
        while (start < text.Length)
        {
            int end = start;
            while (Rune.DecodeFromUtf16(text.AsSpan(end), out Rune rune, out int units) == OperationStatus.Done && IsWordPart(rune))
                end += units;
            ReadOnlySpan<char> word = text.AsSpan(start, end - start);
            if (word is "a" or "an" or "the") result.Append(' ');
            else result.Append(word);
            if (end < text.Length) result.Append(text[end]);
            start = end + 1;
        }
        return result.ToString();
    }

    private double TokenF1(string prediction, string reference)
    {
        if (prediction.Length == 0 || reference.Length == 0) return prediction.Length == reference.Length ? 1 : 0;
        _matcher.Clear();
        List<int> predicted = PythonText.Words(prediction, _matcher);
        List<int> wanted = PythonText.Words(reference, _matcher);
        _matcher.AddReference(CollectionsMarshal.AsSpan(wanted));
        int common = _matcher.Match(CollectionsMarshal.AsSpan(predicted));
        return PrecisionRecallF1.FromCounts(common, predicted.Count, wanted.Count).F1;
    }

    private static bool IsAsciiPunctuation(char character) =>
        character is > ' ' and < '\u007f' && !char.IsAsciiLetterOrDigit(character);

    private static bool IsWordPart(Rune rune) => Rune.IsLetter(rune) || Rune.IsNumber(rune) || rune.Value == '_';
}
