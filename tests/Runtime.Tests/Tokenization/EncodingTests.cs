using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>Encodings of fixed length.</summary>
public class EncodingTests
{
    [Fact]
    public void ShortTextsArePadded()
    {
        int[] tokens = new int[8], types = new int[8], mask = new int[8];
        types.AsSpan().Fill(9);
        int count = WordPieceTests.Load(LetterCase.Cased).EncodePair("ab", "i", Truncation.LongestFirst, new EncodingDestination(tokens, types, mask));
        Assert.Equal(5, count);
        Assert.Equal([2, 15, 3, 11, 3, 0, 0, 0], tokens);
        Assert.Equal([0, 0, 0, 1, 1, 0, 0, 0], types);
        Assert.Equal([1, 1, 1, 1, 1, 0, 0, 0], mask);
    }

    [Theory]
    [InlineData(4, 4, 5, 2, 3)]
    [InlineData(5, 4, 5, 3, 2)]
    [InlineData(1, 9, 6, 1, 5)]
    [InlineData(9, 1, 6, 5, 1)]
    [InlineData(9, 3, 6, 3, 3)]
    [InlineData(3, 2, 5, 3, 2)]
    [InlineData(0, 9, 0, 0, 0)]
    public void TheLongerTextLosesTokensFirst(int first, int second, int room, int keptFirst, int keptSecond)
    {
        var tokens = new int[room + 3];
        PipelineTokenizer tokenizer = WordPieceTests.Load(LetterCase.Cased);
        tokenizer.EncodePair(Repeated("ab ", first), Repeated("i ", second), Truncation.LongestFirst, new EncodingDestination(tokens));
        Assert.Equal(keptFirst, tokens.Count(token => token == 15));
        Assert.Equal(keptSecond, tokens.Count(token => token == 11));
    }

    [Fact]
    public void OneTextLosesTokensIfItHasThem()
    {
        PipelineTokenizer tokenizer = WordPieceTests.Load(LetterCase.Cased);
        var tokens = new int[7];
        tokenizer.EncodePair("ab ab ab", "i i i", Truncation.OnlyFirst, new EncodingDestination(tokens));
        Assert.Equal([2, 15, 3, 11, 11, 11, 3], tokens);
        tokenizer.EncodePair("ab ab ab", "i i i", Truncation.OnlySecond, new EncodingDestination(tokens));
        Assert.Equal([2, 15, 15, 15, 3, 11, 3], tokens);
        Assert.Equal(7, tokenizer.Encode("ab ab ab ab ab ab", new EncodingDestination(tokens)));
        Assert.Equal([2, 15, 15, 15, 15, 15, 3], tokens);
        Assert.Throws<ArgumentException>(() => tokenizer.EncodePair("ab", "i i i i i", Truncation.OnlyFirst, new EncodingDestination(tokens)));
        Assert.Throws<ArgumentException>(() => tokenizer.Encode("ab", new EncodingDestination(tokens.AsSpan(0, 1))));
        Assert.Throws<ArgumentException>(() => new EncodingDestination(tokens, new int[3]).Tokens.Length);
    }

    [Fact]
    public void PaddingNeedsAToken() =>
        Assert.Throws<InvalidOperationException>(() => TokenizerFiles.ByteLevel().Encode("a", new EncodingDestination(new int[9])));

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
