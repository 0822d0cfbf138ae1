using Transformer.Compiled.Metrics;

namespace Runtime.Tests.Metrics;

public sealed class AnswerMatchTests
{
    /// <summary>By the four steps of SQuAD's normalize_answer: lower, punctuation, articles, white space.</summary>
    [Theory]
    [InlineData("The Eiffel  Tower!", "eiffel tower")]
    [InlineData("an A-list, a theatre", "alist theatre")]
    [InlineData("U.S.A.", "usa")]
    [InlineData("the", "")]
    [InlineData("a–b", "–b")]
    [InlineData("a_1 the2 ²a", "a1 the2 ²a")]
    [InlineData("$5 – “quoted”", "5 – “quoted”")]
    [InlineData("Ünder\tDEM\nBaum", "ünder dem baum")]
    public void AnswersAreNormalised(string answer, string expected) => Assert.Equal(expected, AnswerMatch.Normalize(answer));

    /// <summary>By hand: of "denver broncos" and "denver broncos team" 2 words are common, so F1 is 2 · 2 / (2 + 3).</summary>
    [Fact]
    public void TheBestReferenceCounts()
    {
        var match = new AnswerMatch();
        match.Add("Denver Broncos", "the Denver Broncos team", "Carolina Panthers");
        Assert.Equal((0.0, 0.8), (match.ExactMatch, match.F1));
        match.Add("The Denver Broncos.", "the Denver Broncos team", "Denver Broncos");
        Assert.Equal((0.5, 0.9), (match.ExactMatch, match.F1));
        match.Add("elsewhere", "Denver");
        Assert.Equal(1 / 3.0, match.ExactMatch, 1e-15);
        Assert.Equal(0.6, match.F1, 1e-15);
    }

    /// <summary>"to be" twice against "to be or": 2 common words, counted with multiplicity: 2 · 2 / (4 + 3).</summary>
    [Fact]
    public void RepeatedWordsCountAsOftenAsBothHaveThem()
    {
        var match = new AnswerMatch();
        match.Add("to be to be", "to be or");
        Assert.Equal(4 / 7.0, match.F1, 1e-15);
    }

    [Fact]
    public void QuestionsWithoutAnAnswerWantAnEmptyOne()
    {
        var match = new AnswerMatch();
        Assert.Equal((0.0, 0.0), (match.ExactMatch, match.F1));
        match.Add("");
        match.Add("the", "");
        Assert.Equal((1.0, 1.0), (match.ExactMatch, match.F1));
        match.Add("something");
        match.Add("", "something");
        Assert.Equal((0.5, 0.5), (match.ExactMatch, match.F1));
    }
}
