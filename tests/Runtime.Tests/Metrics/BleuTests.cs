using Transformer.Compiled.Metrics;

namespace Runtime.Tests.Metrics;

public sealed class BleuTests
{
    /// <summary>The example of sacreBLEU's README, whose result is BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 …).</summary>
    [Fact]
    public void TheReadmeOfSacreBleuIsReproduced()
    {
        var bleu = new Bleu();
        bleu.Add("The dog bit the man.", "The dog bit the man.", "The dog had bit the man.");
        bleu.Add("It wasn't surprising.", "It was not unexpected.", "No one was surprised.");
        bleu.Add("The man had just bitten him.", "The man bit him first.", "The man had bitten the dog.");
        BleuScore score = bleu.Score();
        Assert.Equal(48.530827009929865, score.Value, 1e-12);
        Assert.Equal("BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)", score.ToString());
    }

    /// <summary>Example 2 of Papineni et al. 2002: "the" matches twice, so that the modified precision is 2/7.</summary>
    [Fact]
    public void MatchesAreClipped()
    {
        var bleu = new Bleu(maximumOrder: 1);
        bleu.Add("the the the the the the the", "the cat is on the mat", "there is a cat on the mat");
        Assert.Equal(200 / 7.0, bleu.Score().Precisions[0], 1e-13);
    }

    /// <summary>
    /// By hand: 6 of 7 words, 2 of 5 pairs, 0 of 3 triples and 0 of 2 quadruples match; 7 words against 9 have the penalty exp(−2/7). The
    /// values, which agree, are of sacreBLEU.
    /// </summary>
    [Theory]
    [InlineData("exponential", 21.8465998163823)]
    [InlineData("none", 0)]
    [InlineData("floor", 11.618668216566508)]
    [InlineData("add", 32.66828640925501)]
    public void SmoothingIsThatOfSacreBleu(string smoothing, double expected)
    {
        var bleu = new Bleu(BleuTokenization.WhiteSpace)
        {
            Smoothing = smoothing switch
            {
                "exponential" => BleuSmoothing.Exponential,
                "none" => BleuSmoothing.None,
                "floor" => BleuSmoothing.Floor(),
                _ => BleuSmoothing.Add(),
            },
        };
        bleu.Add("the cat sat on mat", "the cat is on the mat");
        bleu.Add("a b", "a b c");
        Assert.Equal(expected, bleu.Score().Value, 1e-12);
    }

    /// <summary>Values of sacreBLEU for the same two segments.</summary>
    [Theory]
    [InlineData(BleuTokenization.Chinese, 61.29719199531818)]
    [InlineData(BleuTokenization.Character, 60.147020545046054)]
    [InlineData(BleuTokenization.Mteval13a, 16.1864781970916)]
    public void ChineseCorpusHasTheScoresOfSacreBleu(BleuTokenization tokenization, double expected)
    {
        var bleu = new Bleu(tokenization);
        bleu.Add("我有两千零三十个苹果。", "我有两千三十个苹果。");
        bleu.Add("他说“你好”,world-class 3.5%", "他说:“你好”,world 3.5 %");
        Assert.Equal(expected, bleu.Score().Value, 1e-12);
    }

    /// <summary>"a b" against "a b c": both orders are perfect, and the penalty is exp(1 − 3/2).</summary>
    [Fact]
    public void EffectiveOrderLeavesOutWhatIsTooLong()
    {
        var sentence = new Bleu { UsesEffectiveOrder = true };
        sentence.Add("a b", "a b c");
        Assert.Equal(100 * Math.Exp(-0.5), sentence.Score().Value, 1e-12);

        var corpus = new Bleu();
        corpus.Add("a b", "a b c");
        Assert.Equal(0, corpus.Score().Value);
    }

    [Fact]
    public void EquallyCloseReferencesCountWithTheShorter()
    {
        var bleu = new Bleu();
        bleu.Add("a b c", "a b c d", "a b");
        bleu.Add("a b c", "a b", "a b c d", "a");
        Assert.Equal(4, bleu.Score().ReferenceLength);
    }

    [Fact]
    public void NothingScoresZero()
    {
        var bleu = new Bleu();
        Assert.Equal(0, bleu.Score().Value);
        bleu.Add("", "a reference");
        bleu.Add("other words", "a reference");
        BleuScore score = bleu.Score();
        Assert.Equal(0, score.Value);
        Assert.All(score.Precisions, precision => Assert.Equal(0, precision));
        Assert.Throws<ArgumentException>(() => bleu.Add("a"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bleu(maximumOrder: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BleuSmoothing.Floor(double.NaN));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void CountsAreThoseOfTheDefinition(int seed)
    {
        var random = new Random(seed);
        var bleu = new Bleu(BleuTokenization.WhiteSpace);
        long[] matches = new long[4];
        long[] total = new long[4];
        double hypothesisLength = 0;
        double referenceLength = 0;
        for (int segment = 0; segment < 50; segment++)
        {
            string[] hypothesis = Words(random);
            string[][] references = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Words(random))];
            bleu.Add(string.Join(' ', hypothesis), [.. references.Select(reference => string.Join(' ', reference))]);

            hypothesisLength += hypothesis.Length;
            referenceLength += references.Select(reference => reference.Length)
                .OrderBy(length => Math.Abs(length - hypothesis.Length))
                .ThenBy(length => length)
                .First();
            for (int order = 1; order <= 4; order++)
            {
                string[] grams = Grams(hypothesis, order);
                total[order - 1] += grams.Length;
                matches[order - 1] += grams.Distinct().Sum(gram => Math.Min(
                    grams.Count(other => other == gram), references.Max(reference => Grams(reference, order).Count(other => other == gram))));
            }
        }
        double penalty = Math.Min(1, Math.Exp(1 - referenceLength / hypothesisLength));
        double mean = Math.Exp(Enumerable.Range(0, 4).Average(i => Math.Log(100.0 * matches[i] / total[i])));
        Assert.Equal(penalty * mean, bleu.Score().Value, 1e-10);
    }

    private static string[] Words(Random random) => [.. Enumerable.Range(0, random.Next(12)).Select(_ => ((char)('a' + random.Next(3))).ToString())];

    private static string[] Grams(string[] words, int order) =>
        [.. Enumerable.Range(0, Math.Max(0, words.Length - order + 1)).Select(start => string.Join(' ', words[start..(start + order)]))];
}
