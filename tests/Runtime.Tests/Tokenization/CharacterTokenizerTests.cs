using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

public class CharacterTokenizerTests
{
    [Fact]
    public void TokensStandInTheOrderOfCodePoints()
    {
        CharacterTokenizer tokenizer = CharacterTokenizer.FromText("hello 🙂\uFF01\n");
        Assert.Equal("\n ehlo\uFF01🙂", tokenizer.Alphabet);
        Assert.Equal(8, tokenizer.VocabularySize);
        Assert.Equal([3, 2, 4, 4, 5, 7], tokenizer.Encode("hello🙂"));
        Assert.Equal("hello🙂", tokenizer.Decode([3, 2, 4, 4, 5, 7]));
        Assert.Equal("🙂"u8, tokenizer.BytesOf(7));
    }

    [Fact]
    public void UnknownCharactersAreNamedWithTheirPlace()
    {
        CharacterTokenizer tokenizer = CharacterTokenizer.FromText("abc🙂");
        var error = Assert.Throws<ArgumentException>(() => tokenizer.Encode("a🙂é"));
        Assert.Contains("'é' (U+00E9) at index 3 is not in the alphabet of 4 characters", error.Message);
        Assert.Throws<ArgumentException>(() => tokenizer.Encode("abc", new int[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([4]));
    }

    [Fact]
    public void SavedTokenizersComeBack()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("characters.json");
        CharacterTokenizer tokenizer = CharacterTokenizer.FromText("\"\\\t\n é🙂\0z");
        tokenizer.Save(path);
        Assert.Equal(tokenizer.Alphabet, CharacterTokenizer.Load(path).Alphabet);
        Assert.Equal(tokenizer.Alphabet, Assert.IsType<CharacterTokenizer>(Tokenizer.Load(path)).Alphabet);
        File.WriteAllText(path, """{"alphabet": "ba"}""");
        Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(path));
    }

    [Fact]
    public void AnEmptyAlphabetHasNoTokens()
    {
        CharacterTokenizer tokenizer = CharacterTokenizer.FromText("");
        Assert.Equal(0, tokenizer.VocabularySize);
        Assert.Empty(tokenizer.Encode(""));
    }
}
