using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class WordVectorsTests
{
    [Theory]
    [InlineData("2 3\nthe 1 -2.5 3e-1\ncat 4 5 6\n")]
    [InlineData("2 3\nthe 1 -2.5 3e-1 \ncat 4 5 6 \n")]
    [InlineData("the 1 -2.5 3e-1\ncat 4 5 6")]
    [InlineData("the 1 -2.5 3e-1\ncat 4 5 6\nthe 7 8 9\n")]
    public void TheThreeFormatsAreRead(string text)
    {
        WordVectors vectors = Read(text);
        Assert.Equal((3, 2), (vectors.Width, vectors.Count));
        Assert.True(vectors.TryGet("the", out ReadOnlySpan<float> the));
        Assert.Equal([1, -2.5f, 0.3f], the.ToArray());
        Assert.False(vectors.TryGet("dog", out _));
    }

    [Fact]
    public void WordsMayHaveSpacesAndBeNumbers()
    {
        WordVectors vectors = Read("the 1 2 3\n. . . 4 5 6\n1990 7 8 9\n");
        Assert.True(vectors.TryGet(". . .", out ReadOnlySpan<float> dots));
        Assert.Equal([4, 5, 6], dots.ToArray());
        Assert.True(vectors.TryGet("1990", out _));
    }

    [Fact]
    public void OnlyTheWordsAskedForAreKept() => Assert.Equal(1, WordVectors.Read(new StringReader("the 1 2\ncat 3 4\n"), "vectors", ["cat", "dog"]).Count);

    [Theory]
    [InlineData("", "vectors has no word vectors.")]
    [InlineData("the\n", "vectors, line 1: there are no numbers behind the word.")]
    [InlineData("the 1 2\ncat 3\n", "vectors, line 2: there are 1 numbers behind the word; the vectors are 2 wide.")]
    [InlineData("the 1 2\ncat 3 x\n", "vectors, line 2: number 2 is 'x'.")]
    [InlineData("the 1 2\ncat NaN 2\n", "vectors, line 2: number 1 is 'NaN'.")]
    [InlineData("2 2\nthe 1 2\n", "vectors, line 1: it announces 2 words; 1 follow.")]
    [InlineData("2 0\nthe 1 2\n", "vectors, line 1: the vectors' width is 0.")]
    public void ErrorsNameTheLine(string text, string message) => Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Read(text)).Message);

    [Fact]
    public void RowsOfKnownWordsAreReplaced()
    {
        using var weights = new TinyWeights();
        float[] before = TinyModel.Export(weights, "embedding.weight");
        WordVectors vectors = Read("cat 1 2 3 4 5\nbird 6 7 8 9 10\n");
        Assert.Equal(new WordVectorCoverage(Found: 2, Missing: 1), vectors.CopyInto(weights, "embedding.weight", ["bird", "dog", "cat"]));

        float[] after = TinyModel.Export(weights, "embedding.weight");
        Assert.Equal([6, 7, 8, 9, 10], after[..5]);
        Assert.Equal(before[5..10], after[5..10]);
        Assert.Equal([1, 2, 3, 4, 5], after[10..15]);
        Assert.Equal(before[15..], after[15..]);
    }

    [Fact]
    public void ATensorOfAnotherShapeIsAnError()
    {
        using var weights = new TinyWeights();
        WordVectors vectors = Read("cat 1 2 3 4 5\n");
        Assert.StartsWith("'head.weight' is [5, 11]; the vectors are 5 wide.", Assert.Throws<ArgumentException>(() => vectors.CopyInto(weights, "head.weight", [])).Message);
        Assert.StartsWith(
            "The vocabulary has 12 words; 'embedding.weight' has 11 rows.",
            Assert.Throws<ArgumentException>(() => vectors.CopyInto(weights, "embedding.weight", new string[12])).Message);
        Assert.Throws<ArgumentException>(() => vectors.CopyInto(weights, "embedding", []));
    }

    private static WordVectors Read(string text) => WordVectors.Read(new StringReader(text), "vectors");
}
