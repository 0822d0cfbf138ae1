using Transformer.Compiled.Metrics;

namespace Runtime.Tests.Metrics;

public sealed class SpanF1Tests
{
    /// <summary>The example in seqeval's README: of two entities each, PER is right and MISC begins too early.</summary>
    [Fact]
    public void TheReadmeOfSeqevalIsReproduced()
    {
        var spans = new SpanF1();
        spans.Add(["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"]);
        spans.Add(["B-PER", "I-PER", "O"], ["B-PER", "I-PER", "O"]);
        Assert.Equal(new(0.5, 0.5, 0.5), spans.Micro);
        Assert.Equal(new(0.5, 0.5, 0.5), spans.Macro);
        Assert.Equal(default, spans.Score("MISC"));
        Assert.Equal(new(1, 1, 1), spans.Score("PER"));
        Assert.Equal(["MISC", "PER"], spans.Types.Order(StringComparer.Ordinal));
    }

    /// <summary>conlleval begins a span at an I after O or after another type; "B-A I-B" is two spans, "B-A B-A" too.</summary>
    [Theory]
    [InlineData("I-A I-A O", "B-A I-A O", true)]
    [InlineData("B-A I-B O", "B-A B-B O", true)]
    [InlineData("B-A B-A O", "B-A I-A O", false)]
    [InlineData("B-A-x I-A-x O", "B-A-x I-A-x O", true)]
    [InlineData("O O I-A", "O O B-A", true)]
    public void IllFormedTagsAreReadAsByConlleval(string predictions, string targets, bool same)
    {
        var spans = new SpanF1();
        spans.Add(predictions.Split(' '), targets.Split(' '));
        Assert.Equal(same ? 1 : 0, spans.Micro.F1);
    }

    [Fact]
    public void SentencesEndSpans()
    {
        var spans = new SpanF1();
        spans.Add(["B-A"], ["B-A"]);
        spans.Add(["I-A"], ["O"]);
        Assert.Equal(new(0.5, 1, 2 / 3.0), spans.Micro);
    }

    [Fact]
    public void NothingScoresZeroAndWrongTagsAreRefused()
    {
        var spans = new SpanF1();
        spans.Add(["O"], ["O"]);
        Assert.Equal(default, spans.Micro);
        Assert.Equal(default, spans.Macro);
        Assert.Equal(default, spans.Score("PER"));
        Assert.Throws<ArgumentException>(() => spans.Add(["O"], ["O", "O"]));
        foreach (string tag in (string[])["", "B", "B-", "E-PER", "BPER", "o"])
            Assert.Throws<ArgumentException>(() => spans.Add([tag], ["O"]));
        Assert.Empty(spans.Types);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void CountsAreThoseOfTheDefinition(int seed)
    {
        var random = new Random(seed);
        var spans = new SpanF1();
        var predicted = new HashSet<(int, string, int, int)>();
        var actual = new HashSet<(int, string, int, int)>();
        for (int sentence = 0; sentence < 60; sentence++)
        {
            int length = random.Next(10);
            string[] predictions = Tags(random, length);
            string[] targets = Tags(random, length);
            spans.Add(predictions, targets);
            predicted.UnionWith(Spans(sentence, predictions));
            actual.UnionWith(Spans(sentence, targets));
        }
        Assert.Equal(PrecisionRecallF1.FromCounts(predicted.Intersect(actual).Count(), predicted.Count, actual.Count), spans.Micro);
    }

    /// <summary>Every range that begins where a span begins, goes on without a break, and cannot be longer.</summary>
    private static IEnumerable<(int, string, int, int)> Spans(int sentence, string[] tags)
    {
        bool Continues(int i) => i < tags.Length && i > 0 && tags[i][0] == 'I' && tags[i - 1] != "O" && tags[i - 1][2..] == tags[i][2..];
        for (int start = 0; start < tags.Length; start++)
        {
            if (tags[start] == "O" || Continues(start)) continue;
            int end = start + 1;
            while (Continues(end)) end++;
            yield return (sentence, tags[start][2..], start, end);
        }
    }

    private static string[] Tags(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => random.GetItems(["O", "B-A", "I-A", "B-B", "I-B"], 1)[0])];
}
