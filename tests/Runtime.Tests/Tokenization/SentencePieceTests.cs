using System.Text.Json;
using Transformer.Compiled.Tests;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

public class SentencePieceTests
{
    [DataFact("tokenizers/unigram.model")]
    public void UnigramsAreThoseOfSentencePiece() => AgreesWithGolden("unigram");

    [DataFact("tokenizers/bpe.model")]
    public void BytePairsAreThoseOfSentencePiece() => AgreesWithGolden("bpe");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void PiecesAreFound(int type)
    {
        PipelineTokenizer tokenizer = SentencePieceFiles.Load(SentencePieceFiles.Small(type));
        Assert.Equal([7, 3, 10], tokenizer.Encode("  ab \u6211 "));
        Assert.Equal([7, 2, 6, 2, 0, 4], tokenizer.Encode("ab<x>ab<x>zzza"));
        Assert.Equal([3, 0, 2, 0], tokenizer.Encode("z<x>\uD800é"));
        Assert.Equal([3, 8], tokenizer.Encode("cd"));
        Assert.Equal([3, 0], tokenizer.Encode("</s>"));
        Assert.Equal("ab<x>ab<x> ⁇ a", tokenizer.Decode([1, 7, 2, 6, 2, 0, 4, 1]));
        Assert.Equal("", tokenizer.Decode([]));
        Assert.Empty(tokenizer.Encode("   "));
    }

    [Fact]
    public void TheBestDivisionIsTakenNotTheLongestPiece() =>
        Assert.Equal([1, 2], SentencePieceFiles.Load(SentencePieceFiles.Model(
            1, ("<unk>", 0, 2), ("▁a", -1, 1), ("bc", -1, 1), ("▁ab", -0.1f, 1), ("c", -9, 1))).Encode("abc"));

    [Fact]
    public void CharactersThatAreNoPiecesMergeToPieces()
    {
        PipelineTokenizer tokenizer = SentencePieceFiles.Load(SentencePieceFiles.Small(2));
        Assert.Equal([3, 4, 0], tokenizer.Encode("ac"));
        Assert.Equal([3, 9], tokenizer.Encode("bcd"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void LongTextsTakeTimeInProportion(int type)
    {
        PipelineTokenizer tokenizer = SentencePieceFiles.Load(SentencePieceFiles.Small(type));
        foreach (string text in new[] { "ab", "z", "我", "<x>" })
        {
            string repeated = string.Concat(Enumerable.Repeat(text, 50_000));
            Assert.NotEmpty(tokenizer.Encode(repeated));
            if (text != "z") Assert.Equal(repeated, tokenizer.Decode(tokenizer.Encode(repeated)));
        }
    }

    public static TheoryData<byte[], string> Damaged() => new()
    {
        { [], "no piece of type unknown" },
        { [0x0A], "cut off" },
        { [0x0A, 0x7F, 1], "of 127 bytes, of which 1 are there" },
        { [0x0B], "wire type 3" },
        { [0x02, 0], "a field numbered 0" },
        { [0x08, 1], "of wire type Variable" },
        { [0x08, .. Enumerable.Repeat((byte)0xFF, 11)], "more than 64 bits" },
        { SentencePieceFiles.Model(1, ("a", 0, 2), ("a", 0, 1)), "the piece 'a', which was there before" },
        { SentencePieceFiles.Model(1, ("", 0, 2)), "a piece without content" },
        { SentencePieceFiles.Model(1, ("a", 0, 9)), "a piece of type 9" },
        { SentencePieceFiles.Model(1, ("a", float.NaN, 1)), "not finite" },
        { SentencePieceFiles.Model(1, ("a", 0, 2), ("b", 0, 2)), "more than one piece of type unknown" },
        { SentencePieceFiles.Model(3, ("a", 0, 2)), "model type 3" },
        { SentencePieceFiles.Model(2, ("a", 0, 2), ("b", 0, 5)), "unused" },
        { [.. SentencePieceFiles.Small(1), .. SentencePieceFiles.Field(2, SentencePieceFiles.Field(35, 1))], "no piece <0x00>" },
        { [.. SentencePieceFiles.Small(1), .. SentencePieceFiles.Field(3, SentencePieceFiles.Field(2, [0, 4, 0, 0, 1]))], "a trie of 1024" },
        { [.. SentencePieceFiles.Small(1), .. SentencePieceFiles.Field(3, SentencePieceFiles.Field(2, [0, 4, 0, 0, .. new byte[1024], 1]))], "cut off" },
        {
            [.. SentencePieceFiles.Small(1), .. SentencePieceFiles.Field(3, SentencePieceFiles.Field(2, [0, 4, 0, 0, 0, 0, 4, 0, .. new byte[1021]]))],
            "unit 0 leads beyond it"
        },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void DamagedFilesAreNamed(byte[] bytes, string message)
    {
        var error = Assert.Throws<TokenizerFormatException>(() => SentencePieceFiles.Load(bytes));
        Assert.Contains("some.model", error.Message);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void MutatedFilesAreReadOrRefused(int type) =>
        MutatedAreReadOrRefused(SentencePieceFiles.Small(type), 300, byteRange: int.MaxValue);

    [DataFact("tokenizers/unigram.model")]
    public void MutatedCharacterMapsAreReadOrRefused() =>
        MutatedAreReadOrRefused(File.ReadAllBytes(TestData.PathOf("tokenizers/unigram.model")), 20, byteRange: 200_000);

    /// <param name="original">A whole file.</param>
    /// <param name="rounds">Files to try.</param>
    /// <param name="byteRange">How many bytes at the end are mutated.</param>
    private static void MutatedAreReadOrRefused(byte[] original, int rounds, int byteRange)
    {
        var random = new Random(11);
        for (int round = 0; round < rounds; round++)
        {
            byte[] mutated = [.. original];
            for (int edits = random.Next(1, 4); edits > 0; edits--)
                mutated[^random.Next(1, Math.Min(byteRange, mutated.Length))] = (byte)random.Next(256);
            if (random.Next(4) == 0) mutated = mutated[..random.Next(mutated.Length)];
            Exception? error = Record.Exception(() => SentencePieceFiles.Load(mutated).Encode("ab é ﬁ①  <x>我z\u0301"));
            Assert.True(error is null or TokenizerFormatException, $"round {round}: {error}");
        }
    }

    private static void AgreesWithGolden(string name)
    {
        ITokenizer tokenizer = Tokenizer.Load(TestData.PathOf($"tokenizers/{name}.model"));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(TestData.PathOf($"tokenizers/{name}.golden.json")));
        foreach (JsonElement entry in golden.RootElement.EnumerateArray())
        {
            int[] tokens = [.. entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(tokens, tokenizer.Encode(entry.GetProperty("text").GetString()));
            Assert.Equal(entry.GetProperty("decoded").GetString(), tokenizer.Decode(tokens));
        }
    }
}
