using System.Runtime.InteropServices;

namespace Transformer.Compiled.Metrics;

/// <summary>ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum as the package rouge_score defines them, without stemming.</summary>
/// <remarks>
/// With m common units (clipped n-grams, or words of a longest common subsequence), precision is m / units of the prediction and recall
/// m / units of the target, each in [0, 1]; F is their harmonic mean (Lin 2004). Words are runs of a to z and 0 to 9 after lowering; all else
/// separates, so texts in other scripts have no words. A score of a text without units is 0, also against another such text.
/// <see cref="Mean"/> is over summaries. There is no Porter stemmer: compare with <c>use_stemmer=False</c>. One thread at a time.
/// </remarks>
public sealed class Rouge
{
    private const char KelvinSign = '\u212a';
    private const char DottedCapitalI = '\u0130';

    private readonly NGramMatcher _matcher = new();
    private ScoreMean _rouge1;
    private ScoreMean _rouge2;
    private ScoreMean _rougeL;
    private ScoreMean _rougeLsum;

    /// <summary>Summaries that were added.</summary>
    public long Count => _rouge1.Count;

    /// <summary>Means over the summaries that were added; all 0 when there are none.</summary>
    public RougeScores Mean => new(_rouge1.Value, _rouge2.Value, _rougeL.Value, _rougeLsum.Value);

    /// <summary>Adds a summary, and returns its own scores.</summary>
    public RougeScores Add(string prediction, string target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);

        _matcher.Clear();
        Document predicted = Read(prediction);
        Document wanted = Read(target);
        int[] predictedGrams = NGramMatcher.Empty(predicted.Words.Count);
        int[] wantedGrams = NGramMatcher.Empty(wanted.Words.Count);
        var scores = new RougeScores(
            Overlap(predictedGrams, predicted.Span, wantedGrams, wanted.Span, order: 1),
            Overlap(predictedGrams, predicted.Span, wantedGrams, wanted.Span, order: 2),
            Score(LongestCommonSubsequence.Length(wanted.Span, predicted.Span), predicted, wanted),
            Score(SummaryMatches(predicted, wanted), predicted, wanted));
        _rouge1.Add(scores.Rouge1);
        _rouge2.Add(scores.Rouge2);
        _rougeL.Add(scores.RougeL);
        _rougeLsum.Add(scores.RougeLsum);
        return scores;
    }

    private PrecisionRecallF1 Overlap(int[] predictedGrams, ReadOnlySpan<int> predicted, int[] wantedGrams, ReadOnlySpan<int> wanted, int order)
    {
        ReadOnlySpan<int> targets = _matcher.Extend(wantedGrams, wanted, order);
        ReadOnlySpan<int> predictions = _matcher.Extend(predictedGrams, predicted, order);
        _matcher.AddReference(targets);
        return PrecisionRecallF1.FromCounts(_matcher.Match(predictions), predictions.Length, targets.Length);
    }

    private static PrecisionRecallF1 Score(int matches, Document predicted, Document wanted) =>
        PrecisionRecallF1.FromCounts(matches, predicted.Words.Count, wanted.Words.Count);

    /// <summary>
    /// For each sentence of the target, the words that are in a longest common subsequence with any sentence of the prediction (Lin 2004,
    /// section 3.2); as in ROUGE 1.5.5, a word counts at most as often as the prediction has it.
    /// </summary>
    private static int SummaryMatches(Document predicted, Document wanted)
    {
        var left = new Dictionary<int, int>();
        foreach (int word in predicted.Words) left[word] = left.GetValueOrDefault(word) + 1;

        int matches = 0;
        foreach (Range sentence in wanted.Sentences)
        {
            ReadOnlySpan<int> reference = wanted.Span[sentence];
            bool[] marks = new bool[reference.Length];
            foreach (Range candidate in predicted.Sentences)
                LongestCommonSubsequence.Mark(reference, predicted.Span[candidate], marks);
            for (int i = 0; i < marks.Length; i++)
            {
                if (!marks[i] || left[reference[i]] == 0) continue;
                left[reference[i]]--;
                matches++;
            }
        }
        return matches;
    }

    private Document Read(string text)
    {
        var document = new Document([], []);
        int sentence = 0;
        foreach (Range line in text.AsSpan().Split('\n'))
        {
            ReadWords(text.AsSpan(line), document.Words);
            document.Sentences.Add(sentence..document.Words.Count);
            sentence = document.Words.Count;
        }
        return document;
    }

    private void ReadWords(ReadOnlySpan<char> line, List<int> words)
    {
        Span<char> word = line.Length <= 256 ? stackalloc char[line.Length] : new char[line.Length];
        int length = 0;
        foreach (char character in line)
        {
            char lower = Lower(character);
            bool isPart = char.IsAsciiLetterLower(lower) || char.IsAsciiDigit(lower);
            if (isPart) word[length++] = lower;
            if ((isPart && character != DottedCapitalI) || length == 0) continue;
            words.Add(_matcher.Word(word[..length]));
            length = 0;
        }
        if (length > 0) words.Add(_matcher.Word(word[..length]));
    }

    /// <summary>
    /// The lower case of characters where that is in ASCII. Beside A to Z those are the Kelvin sign, and the dotted capital I, which becomes an i
    /// and a dot that separates.
    /// </summary>
    private static char Lower(char character) => character switch
    {
        >= 'A' and <= 'Z' => (char)(character | 0x20),
        KelvinSign => 'k',
        DottedCapitalI => 'i',
        _ => character,
    };

    private readonly record struct Document(List<int> Words, List<Range> Sentences)
    {
        public ReadOnlySpan<int> Span => CollectionsMarshal.AsSpan(Words);
    }
}
