using System.Text.Json;
using System.Text.Json.Nodes;
using Transformer.Compiled.Tests;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>Real vocabularies against the ids of their reference implementations.</summary>
public class GoldenTokenTests
{
    [DataFact("gpt2-tokenizer/golden.json")]
    public void Gpt2AgreesWithItsOwnEncoder()
    {
        AgreesWithGpt2(Tokenizer.Load(TestData.PathOf("gpt2-tokenizer")));
    }

    [DataFact("gpt2-tokenizer/golden.json")]
    public void Gpt2AsHuggingFaceWritesItAgreesToo()
    {
        JsonObject json = TokenizerFiles.ByteLevelJson();
        json["added_tokens"] = new JsonArray();
        json["model"]!["vocab"] = JsonNode.Parse(File.ReadAllText(TestData.PathOf("gpt2-tokenizer/encoder.json")));
        string[] merges = [.. File.ReadLines(TestData.PathOf("gpt2-tokenizer/vocab.bpe")).Skip(1).Where(line => line.Length > 0)];
        json["model"]!["merges"] = new JsonArray([.. merges.Select(merge => JsonValue.Create(merge))]);
        AgreesWithGpt2(TokenizerFiles.Load(json));
    }

    [DataFact("gpt2-tokenizer/encoder.json")]
    public void EveryTokenOfGpt2IsFoundByEitherFile()
    {
        var tokenizer = (BytePairTokenizer)Tokenizer.Load(TestData.PathOf("gpt2-tokenizer/vocab.bpe"));
        Assert.True(tokenizer.TryGetToken("<|endoftext|>", out int end));
        Assert.Equal(50256, end);
        Assert.True(tokenizer.TryGetToken("Ġthe", out int the));
        Assert.Equal(" the"u8, tokenizer.BytesOf(the));
    }

    [DataFact("tinystories-260k/golden.json")]
    public void TinyStoriesAgreesWithItsModel()
    {
        ITokenizer tokenizer = Tokenizer.Load(TestData.PathOf("tinystories-260k"));
        Assert.Equal(512, tokenizer.VocabularySize);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("tinystories-260k/golden.json")));
        JsonElement cases = golden.RootElement.GetProperty("cases");
        Assert.Equal(5, cases.GetArrayLength());
        foreach (JsonElement item in cases.EnumerateArray())
        {
            Assert.Equal(Integers(item.GetProperty("prompt_ids")), tokenizer.Encode(item.GetProperty("prompt").GetString()));
            Assert.Equal(item.GetProperty("text").GetString(), tokenizer.Decode(Integers(item.GetProperty("ids"))));
        }
    }

    [DataFact("tiny-shakespeare/input.txt")]
    public void ALongTextIsEncodedAsItsParts()
    {
        ITokenizer gpt2 = Tokenizer.Load(TestData.PathOf("gpt2-tokenizer"));
        string text = File.ReadAllText(TestData.PathOf("tiny-shakespeare/input.txt"));
        int[] tokens = gpt2.Encode(text);
        Assert.Equal(338025, tokens.Length);
        Assert.Equal(text, gpt2.Decode(tokens));

        ITokenizer stories = Tokenizer.Load(TestData.PathOf("tinystories-260k"));
        Assert.Equal(text, stories.Decode(stories.Encode(text)));
    }

    private static void AgreesWithGpt2(ITokenizer tokenizer)
    {
        Assert.Equal(50257, tokenizer.VocabularySize);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("gpt2-tokenizer/golden.json")));
        Assert.Equal(23, golden.RootElement.GetArrayLength());
        foreach (JsonElement item in golden.RootElement.EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            int[] ids = Integers(item.GetProperty("ids"));
            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(text, tokenizer.Decode(ids));
        }
    }

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];
}
