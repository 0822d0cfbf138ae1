using Transformer.Compiled.Metrics;

namespace Runtime.Tests.Metrics;

public sealed class RougeTests
{
    private const double Tolerance = 1e-15;

    /// <summary>The cases of rouge_score's own tests, in the order prediction, target.</summary>
    [Fact]
    public void ScoresAreThoseOfRougeScore()
    {
        var rouge = new Rouge();
        AssertNear(new(1, 1 / 3.0, 0.5), rouge.Add("testing", "testing one two").Rouge1);
        AssertNear(new(1, 0.5, 2 / 3.0), rouge.Add("testing one", "testing one two").Rouge2);
        AssertNear(new(1, 2 / 3.0, 0.8), rouge.Add("testing one", "testing one two").RougeL);
        AssertNear(new(1, 2 / 3.0, 0.8), rouge.Add("testing two", "testing one two").RougeL);
    }

    /// <summary>The example of Lin 2004, section 3.2: the union of w1 w2 and w1 w3 w5 has 4 of 5 words; the prediction has 10.</summary>
    [Fact]
    public void SummaryLevelUnitesSubsequences()
    {
        RougeScores scores = new Rouge().Add("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5");
        AssertNear(new(0.4, 0.8, 8 / 15.0), scores.RougeLsum);
    }

    /// <summary>Lin 2004, section 3.1: "police killed the gunman" has 3 of 4 words in order with S2 and 2 of 4 with S3.</summary>
    [Fact]
    public void SubsequencesKeepTheOrder()
    {
        var rouge = new Rouge();
        Assert.Equal(0.75, rouge.Add("police kill the gunman", "police killed the gunman").RougeL.F1);
        Assert.Equal(0.5, rouge.Add("the gunman kill police", "police killed the gunman").RougeL.F1);
        Assert.Equal(2, rouge.Count);
        Assert.Equal(0.625, rouge.Mean.RougeL.F1);
    }

    /// <summary>Lower case, and only a to z and 0 to 9; the Kelvin sign is a k, and dotted capital I an i before a separator.</summary>
    [Theory]
    [InlineData("It's 5 O'Clock-ish", "it s 5 o clock ish")]
    [InlineData("caf\u00e9s \u212Aelvin", "caf s kelvin")]
    [InlineData("D\u0130X", "di x")]
    public void WordsAreThoseOfRougeScore(string text, string words)
        => AssertNear(new(1, 1, 1), new Rouge().Add(text, words).Rouge2);

    [Fact]
    public void TextsWithoutWordsScoreZero()
    {
        var rouge = new Rouge();
        Assert.Equal(default, rouge.Mean);
        Assert.Equal(default, rouge.Add("", "w1"));
        Assert.Equal(default, rouge.Add("w1 w2", "/"));
        Assert.Equal(default, rouge.Add("中文", "中文"));
        Assert.Equal(default, rouge.Add("one", "one").Rouge2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ScoresAreThoseOfTheDefinitions(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++)
        {
            string[] prediction = Words(random);
            string[] target = Words(random);
            RougeScores scores = new Rouge().Add(string.Join(' ', prediction), string.Join(' ', target));
            int common = LongestCommonSubsequence(prediction, target);
            AssertNear(PrecisionRecallF1.FromCounts(common, prediction.Length, target.Length), scores.RougeL);
            AssertNear(scores.RougeL, scores.RougeLsum);
            AssertNear(Overlap(prediction, target), scores.Rouge1);
            AssertNear(Overlap(Pairs(prediction), Pairs(target)), scores.Rouge2);
        }
    }

    /// <summary>The longest of all subsequences of the prediction that are subsequences of the target.</summary>
    private static int LongestCommonSubsequence(string[] prediction, string[] target)
    {
        int longest = 0;
        for (int subset = 0; subset < 1 << prediction.Length; subset++)
        {
            int found = 0;
            int next = 0;
            for (int i = 0; i < prediction.Length; i++)
            {
                if ((subset >> i & 1) == 0) continue;
                int place = Array.IndexOf(target, prediction[i], next);
                if (place < 0) break;
                next = place + 1;
                found++;
            }
            longest = Math.Max(longest, found);
        }
        return longest;
    }

    private static PrecisionRecallF1 Overlap(string[] prediction, string[] target)
    {
        var left = target.ToList();
        return PrecisionRecallF1.FromCounts(prediction.Count(left.Remove), prediction.Length, target.Length);
    }

    private static string[] Pairs(string[] words) => [.. words.Zip(words.Skip(1), (first, second) => $"{first} {second}")];

    private static string[] Words(Random random) => [.. Enumerable.Range(0, random.Next(9)).Select(_ => ((char)('a' + random.Next(4))).ToString())];

    private static void AssertNear(PrecisionRecallF1 expected, PrecisionRecallF1 actual)
    {
        Assert.Equal(expected.Precision, actual.Precision, Tolerance);
        Assert.Equal(expected.Recall, actual.Recall, Tolerance);
        Assert.Equal(expected.F1, actual.F1, Tolerance);
    }
}
