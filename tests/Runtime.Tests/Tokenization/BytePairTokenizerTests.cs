using System.Text.Json.Nodes;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

public class BytePairTokenizerTests
{
    public static TheoryData<string> Forms() => ["bytes", "bytes after a space", "characters", "llama 3"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void RandomTextsComeBack(string form)
    {
        BytePairTokenizer tokenizer = Form(form);
        var random = new Random(9);
        for (int round = 0; round < 1000; round++)
        {
            string text = TokenizerFiles.RandomText(random, random.Next(1, 60));
            if (form == "characters") text = text.Replace('▁', ' ');
            if (form == "bytes after a space" && text[0] != ' ') text = $" {text}";
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
            Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeOrdinary(text)));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void RepeatedCharactersOfGreatLengthComeBack(string form)
    {
        BytePairTokenizer tokenizer = Form(form);
        foreach (string text in new[] { new string('a', 200_000), new string(' ', 200_000), new string('\u4E00', 200_000) })
        {
            string decoded = tokenizer.Decode(tokenizer.Encode(text));
            Assert.Equal(text, form == "bytes after a space" ? decoded.TrimStart().PadLeft(text.Length) : decoded);
        }
    }

    [Fact]
    public void CharactersFallBackToBytes()
    {
        BytePairTokenizer tokenizer = TokenizerFiles.ByteFallback();
        Assert.Equal([1, 267, 259, 264, 3 + 0xE4, 3 + 0xB8, 3 + 0x80], tokenizer.Encode("the é一"));
        Assert.Equal("the é一", tokenizer.Decode([1, 267, 259, 264, 3 + 0xE4, 3 + 0xB8, 3 + 0x80, 2]));
        Assert.Equal([1], tokenizer.Encode(""));
        Assert.Equal("", tokenizer.Decode([]));
    }

    [Fact]
    public void BytesMergeInsideWords()
    {
        BytePairTokenizer tokenizer = TokenizerFiles.ByteLevel();
        Assert.True(tokenizer.TryGetToken("Ġthe", out int the));
        Assert.Equal([the, the], tokenizer.Encode(" the the"));
        Assert.Equal(" the"u8, tokenizer.BytesOf(the));
    }

    [Fact]
    public void Llama3FilesAreReadWithTheirTemplate()
    {
        BytePairTokenizer tokenizer = TokenizerFiles.Load(TokenizerFiles.Llama3Json());
        Assert.True(tokenizer.TryGetToken("Ġthe", out int the));
        Assert.Equal([261, the, the, 261], tokenizer.Encode(" the the"));
        Assert.Equal([the, the], tokenizer.EncodeOrdinary(" the the"));
    }

    [Fact]
    public void BothSpellingsOfMergesAreOne()
    {
        JsonObject json = TokenizerFiles.ByteFallbackJson();
        JsonArray merges = json["model"]!["merges"]!.AsArray();
        for (int i = 0; i < merges.Count; i++) merges[i] = $"{merges[i]![0]} {merges[i]![1]}";
        const string Text = "the thaaaa aa the";
        Assert.Equal(TokenizerFiles.ByteFallback().Encode(Text), TokenizerFiles.Load(json).Encode(Text));
    }

    [Fact]
    public void AddedTokensAreFoundInTheText()
    {
        BytePairTokenizer characters = TokenizerFiles.ByteFallback();
        Assert.Equal([1, 1, 268, 2, 268], characters.Encode("<s>a</s>a"));
        Assert.DoesNotContain(2, characters.EncodeOrdinary("<s>a</s>a"));
        Assert.Equal("<s>a</s>a", characters.Decode(characters.EncodeOrdinary("<s>a</s>a")));

        BytePairTokenizer bytes = TokenizerFiles.ByteLevel();
        Assert.Equal([bytes.Encode("a")[0], 261, bytes.Encode("!")[0]], bytes.Encode("a<|end|>!"));
        Assert.Equal("a!", bytes.Decode(bytes.Encode("a<|end|>!")));
    }

    [Theory]
    [InlineData("""{"lstrip": true, "rstrip": true}""", "t  <|x|>\n h", "t|X|h")]
    [InlineData("""{}""", "t <|x|> h", "t |X| h")]
    [InlineData("""{"single_word": true}""", "a<|x|> <|x|>", "a<|x|> |X")]
    public void AddedTokensMindTheirSurroundings(string flags, string text, string expected)
    {
        JsonObject json = TokenizerFiles.ByteLevelJson();
        JsonObject added = JsonNode.Parse(flags)!.AsObject();
        added.Add("id", 300);
        added.Add("content", "<|x|>");
        added.Add("special", true);
        json["added_tokens"]!.AsArray().Add(added);
        BytePairTokenizer tokenizer = TokenizerFiles.Load(json);
        Assert.Equal(301, tokenizer.VocabularySize);

        var parts = new List<string>();
        var part = new List<int>();
        foreach (int token in tokenizer.Encode(text))
        {
            if (token != 300)
            {
                part.Add(token);
                continue;
            }

            parts.Add(tokenizer.Decode([.. part]));
            parts.Add("X");
            part.Clear();
        }

        if (part.Count > 0) parts.Add(tokenizer.Decode([.. part]));
        Assert.Equal(expected, string.Join('|', parts));
    }

    [Fact]
    public void TheLongestOfAddedTokensIsTaken()
    {
        JsonObject json = TokenizerFiles.ByteLevelJson();
        foreach ((int id, string content) in new[] { (300, "<a"), (301, "<a>"), (302, "<a>b") })
            json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = id, ["content"] = content });
        BytePairTokenizer tokenizer = TokenizerFiles.Load(json);
        Assert.Equal([302, 301, 300], tokenizer.Encode("<a>b<a><a"));
        Assert.Equal("<a>b<a><a", tokenizer.Decode([302, 301, 300]));
    }

    [Fact]
    public void UnknownCharactersAreFusedOrNot()
    {
        JsonObject json = TokenizerFiles.ByteFallbackJson();
        json["model"]!["byte_fallback"] = false;
        Assert.Equal([1, 259, 0, 263, 0], TokenizerFiles.Load(json).Encode("xyaz"));
        json["model"]!["fuse_unk"] = false;
        Assert.Equal([1, 259, 0, 0, 263, 0], TokenizerFiles.Load(json).Encode("xyaz"));
        json["model"]!["unk_token"] = null;
        Assert.Contains("'x' (U+0078)", Assert.Throws<ArgumentException>(() => TokenizerFiles.Load(json).Encode("x")).Message);
    }

    [Fact]
    public void TheCallersMemoryIsEnoughOrRefused()
    {
        BytePairTokenizer tokenizer = TokenizerFiles.ByteFallback();
        var tokens = new int[4];
        Assert.Equal(3, tokenizer.Encode("the the", tokens));
        Assert.Equal([1, 267, 267, 0], tokens);
        Assert.Contains("has 3 tokens; the destination has room for 2", Assert.Throws<ArgumentException>(() => tokenizer.Encode("the the", new int[2])).Message);
    }

    [Fact]
    public void TokensOutsideTheVocabularyAreNamed()
    {
        BytePairTokenizer tokenizer = TokenizerFiles.ByteLevel();
        Assert.Contains("Token 262 is outside", Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([262])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.BytesOf(-1).Length);
    }

    [Fact]
    public void LoneSurrogatesAreReplaced()
    {
        BytePairTokenizer tokenizer = TokenizerFiles.ByteLevel();
        Assert.Equal("a\uFFFDb", tokenizer.Decode(tokenizer.Encode("a\uD83Db")));
    }

    private static BytePairTokenizer Form(string form)
    {
        JsonObject json = form switch
        {
            "characters" => TokenizerFiles.ByteFallbackJson(),
            "llama 3" => TokenizerFiles.Llama3Json(),
            _ => TokenizerFiles.ByteLevelJson(),
        };
        if (form == "bytes after a space") json["pre_tokenizer"]!["add_prefix_space"] = true;
        return TokenizerFiles.Load(json);
    }
}
