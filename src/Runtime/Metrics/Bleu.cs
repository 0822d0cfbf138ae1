using System.Runtime.InteropServices;

namespace Transformer.Compiled.Metrics;

/// <summary>Corpus BLEU as sacreBLEU defines it: how many n-grams of translations their references have.</summary>
/// <remarks>
/// With p(n) = 100 · matches(n) / n-grams(n) summed over the corpus, h the tokens of all translations and r those of the references that are
/// closest to them in length (of equally close ones, the shorter),<br/>
/// BLEU = min(1, exp(1 − r / h)) · exp(Σ ln p(n) / N), n from 1 to N, in [0, 100]<br/>
/// (Papineni, Roukos, Ward and Zhu 2002; Post 2018). A corpus in which no word matches, the empty one included, has 0. An n-gram matches at most as
/// often as it stands in one of its references. Case counts. One thread at a time.
/// </remarks>
public sealed class Bleu
{
    private readonly BleuTokenization _tokenization;
    private readonly NGramMatcher _matcher = new();
    private readonly long[] _matches;
    private readonly long[] _grams;
    private long _hypothesisLength;
    private long _referenceLength;

    /// <param name="tokenization">How texts are split into tokens.</param>
    /// <param name="maximumOrder">The longest n-grams, N; at least 1, and 4 wherever BLEU is reported.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tokenisation, or the longest n-grams are shorter than 1.</exception>
    public Bleu(BleuTokenization tokenization = BleuTokenization.Mteval13a, int maximumOrder = 4)
    {
        if (!Enum.IsDefined(tokenization))
            throw new ArgumentOutOfRangeException(nameof(tokenization), tokenization, "There is no such tokenisation.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumOrder);
        _tokenization = tokenization;
        _matches = new long[maximumOrder];
        _grams = new long[maximumOrder];
    }

    /// <summary>What happens to orders without a match. The default is <see cref="BleuSmoothing.Exponential"/>.</summary>
    public BleuSmoothing Smoothing { get; init; }

    /// <summary>
    /// Whether orders that no translation is long enough for are left out of the mean, for scores of single sentences; otherwise they make the
    /// score 0. The default is false.
    /// </summary>
    public bool UsesEffectiveOrder { get; init; }

    /// <summary>Segments that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a translated segment.</summary>
    /// <param name="hypothesis">The translation.</param>
    /// <param name="references">At least one reference; their number may differ between segments.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public void Add(string hypothesis, params ReadOnlySpan<string> references)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        if (references.IsEmpty) throw new ArgumentException("BLEU needs at least one reference.", nameof(references));

        _matcher.Clear();
        List<int> hypothesisWords = Words(hypothesis);
        var referenceWords = new List<int>[references.Length];
        int[][] referenceGrams = new int[references.Length][];
        int closest = int.MaxValue;
        for (int i = 0; i < references.Length; i++)
        {
            referenceWords[i] = Words(references[i]);
            int length = referenceWords[i].Count;
            referenceGrams[i] = NGramMatcher.Empty(length);
            if (IsCloser(length, closest, hypothesisWords.Count)) closest = length;
        }

        int[] hypothesisGrams = NGramMatcher.Empty(hypothesisWords.Count);
        for (int order = 1; order <= _matches.Length; order++)
        {
            for (int i = 0; i < references.Length; i++)
                _matcher.AddReference(_matcher.Extend(referenceGrams[i], CollectionsMarshal.AsSpan(referenceWords[i]), order));
            ReadOnlySpan<int> grams = _matcher.Extend(hypothesisGrams, CollectionsMarshal.AsSpan(hypothesisWords), order);
            _grams[order - 1] += grams.Length;
            _matches[order - 1] += _matcher.Match(grams);
        }
        _hypothesisLength += hypothesisWords.Count;
        _referenceLength += closest;
        Count++;
    }

    /// <summary>The score of all that was added.</summary>
    public BleuScore Score()
    {
        double[] precisions = new double[_matches.Length];
        double penalty = BrevityPenalty();
        double value = _matches.AsSpan().ContainsAnyExcept(0) ? penalty * GeometricMean(precisions) : 0;
        return new BleuScore(value, penalty, precisions, _hypothesisLength, _referenceLength);
    }

    private double BrevityPenalty()
    {
        if (_hypothesisLength >= _referenceLength) return 1;
        return _hypothesisLength == 0 ? 0 : Math.Exp(1 - (double)_referenceLength / _hypothesisLength);
    }

    /// <summary>Fills in the precisions of the orders that have n-grams, and returns the geometric mean.</summary>
    private double GeometricMean(Span<double> precisions)
    {
        double sumOfLogarithms = 0;
        double halvings = 1;
        int orders = 0;
        for (; orders < precisions.Length; orders++)
        {
            double added = orders > 0 && Smoothing.Kind == BleuSmoothingKind.Add ? Smoothing.Value : 0;
            double matches = _matches[orders] + added;
            double grams = _grams[orders] + added;
            if (grams == 0) break;
            if (matches == 0)
            {
                matches = Smoothing.Kind switch
                {
                    BleuSmoothingKind.Exponential => 1 / (halvings *= 2),
                    BleuSmoothingKind.Floor => Smoothing.Value,
                    _ => 0,
                };
            }
            precisions[orders] = 100 * matches / grams;
            sumOfLogarithms += Math.Log(precisions[orders]);
        }
        if (orders < precisions.Length && !UsesEffectiveOrder) return 0;
        return Math.Exp(sumOfLogarithms / orders);
    }

    private static bool IsCloser(int length, int closest, int target)
    {
        long distance = Math.Abs((long)length - target);
        long best = Math.Abs((long)closest - target);
        return distance < best || (distance == best && length < closest);
    }

    private List<int> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PythonText.Words(BleuTokenizer.Tokenize(text, _tokenization), _matcher);
    }
}
