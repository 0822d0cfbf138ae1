using Transformer.Compiled.Models;
using Transformer.Compiled.Tokenization;

namespace Models.Tests.Programs;

public sealed class AlphabetTests
{
    [Fact]
    public void TheMostFrequentCharactersAreKept()
    {
        CharacterTokenizer tokenizer = Alphabet.Of("aaa😀😀bbcd", size: 4);
        Assert.Equal("ab\uFFFD😀", tokenizer.Alphabet);
        Assert.Equal(("aaa😀😀bb\uFFFD\uFFFD", 2), Alphabet.Restrict("aaa😀😀bbcd", tokenizer));
    }

    [Fact]
    public void OfEquallyFrequentOnesTheFirstInUnicodeAreKept()
        => Assert.Equal("abc\uFFFD", Alphabet.Of("dcba", size: 4).Alphabet);

    [Fact]
    public void ATextOfFewCharactersKeepsAll()
    {
        CharacterTokenizer tokenizer = Alphabet.Of("x\uFFFDy", size: 256);
        Assert.Equal("xy\uFFFD", tokenizer.Alphabet);
        Assert.Equal(("x\uFFFDy", 0), Alphabet.Restrict("x\uFFFDy", tokenizer));
    }
}
