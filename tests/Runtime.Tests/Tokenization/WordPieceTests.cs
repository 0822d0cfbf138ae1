using System.Text.Json;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Tests;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

public class WordPieceTests
{
    private static readonly string[] Pieces =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##believ", "##able", "cafe", ",", "I", "i", "'", "##s", "我", "ab", "##b", "#", "\u1100", "##\u1161"];

    [DataFact("tokenizers/wordpiece.vocab.txt")]
    public void TokensAreThoseOfBert()
    {
        string path = TestData.PathOf("tokenizers/wordpiece.vocab.txt");
        PipelineTokenizer cased = PipelineTokenizer.LoadWordPiece(path, LetterCase.Cased);
        PipelineTokenizer uncased = PipelineTokenizer.LoadWordPiece(path, LetterCase.Uncased);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("tokenizers/wordpiece.golden.json")));
        foreach (JsonElement entry in golden.RootElement.EnumerateArray())
        {
            string text = entry.GetProperty("text").GetString()!;
            PipelineTokenizer tokenizer = entry.GetProperty("lowercase").GetBoolean() ? uncased : cased;
            Assert.Equal(Integers(entry, "ids"), tokenizer.Encode(text));
            TokenEncoding pair = tokenizer.EncodePair(text, "And you?");
            Assert.Equal(Integers(entry, "pair_ids"), pair.Tokens);
            Assert.Equal(Integers(entry, "pair_types"), pair.TokenTypes);
            Assert.All(pair.AttentionMask, value => Assert.Equal(1, value));
        }
    }

    [Theory]
    [InlineData("Unbelievable,  CAFÉ", new[] { 5, 6, 7, 9, 8 })]
    [InlineData("cafe\u0301 I'", new[] { 8, 11, 12 })]
    [InlineData("我我 abb\u0000\u200Bb", new[] { 14, 14, 15, 16, 16 })]
    [InlineData("[MASK]ab[mask]", new[] { 4, 15, 1, 1, 1 })]
    [InlineData("\uAC00", new[] { 18, 19 })]
    [InlineData("\uD800 ab", new[] { 15 })]
    [InlineData("", new int[0])]
    public void WordsAreDivided(string text, int[] expected) =>
        Assert.Equal((int[])[2, .. expected, 3], Load(LetterCase.Uncased).Encode(text));

    [Fact]
    public void LettersAreToldApartWhereTheModelDoes()
    {
        Assert.Equal([2, 10, 11, 3], Load(LetterCase.Cased).Encode("I i"));
        Assert.Equal([2, 11, 11, 3], Load(LetterCase.Uncased).Encode("I İ"));
        Assert.Equal([2, 1, 8, 3], Load(LetterCase.Cased).Encode("café cafe"));
    }

    [Fact]
    public void WordsOfMoreThanOneHundredCharactersAreUnknown()
    {
        PipelineTokenizer tokenizer = Load(LetterCase.Cased);
        Assert.Equal(101, tokenizer.Encode("a" + new string('b', 99)).Length);
        Assert.Equal([2, 1, 3], tokenizer.Encode("a" + new string('b', 100)));
        Assert.Equal(3, tokenizer.Encode(new string('b', 200_000)).Length);
        Assert.Equal(200_002, tokenizer.Encode(new string('我', 200_000)).Length);
    }

    [Fact]
    public void DecodedTextHasSpacesBetweenWordsOnly()
    {
        PipelineTokenizer tokenizer = Load(LetterCase.Uncased);
        Assert.Equal("unbelievable, cafe 我", tokenizer.Decode(tokenizer.Encode("unbelievable , cafe我")));
        Assert.Equal(" cafe"u8, tokenizer.BytesOf(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([20]));
    }

    [Theory]
    [InlineData("[UNK]\n[CLS]\n", "has no line '[SEP]'")]
    [InlineData("[UNK]\n[CLS]\n[SEP]\na\nb\na\n", "line 6 is 'a', which line 4 is too")]
    [InlineData("[UNK]\n\n", "line 2 is empty")]
    public void DamagedFilesAreNamed(string content, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("vocab.txt");
        File.WriteAllText(path, content);
        var error = Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(folder.ToString()));
        Assert.Contains(path, error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void TheFolderSaysWhetherLettersAreToldApart()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder.File("vocab.txt"), Pieces);
        Assert.Equal([2, 11, 3], Tokenizer.Load(folder.ToString()).Encode("I"));
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"do_lower_case": false}""");
        Assert.Equal([2, 10, 3], Tokenizer.Load(folder.File("vocab.txt")).Encode("I"));
    }

    internal static PipelineTokenizer Load(LetterCase letterCase)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder.File("vocab.txt"), Pieces);
        return PipelineTokenizer.LoadWordPiece(folder.File("vocab.txt"), letterCase);
    }

    private static int[] Integers(JsonElement entry, string name) =>
        [.. entry.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
}
