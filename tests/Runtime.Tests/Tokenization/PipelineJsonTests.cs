using System.Text.Json;
using System.Text.Json.Nodes;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Tests;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>Files of Hugging Face with models of word pieces and of words.</summary>
public class PipelineJsonTests
{
    private const string WordLevel = """
        {"added_tokens": [{"id": 3, "content": "<s>", "special": true}, {"id": 4, "content": "</s>", "special": true}],
         "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "WhitespaceSplit"},
         "post_processor": {"type": "RobertaProcessing", "cls": ["<s>", 3], "sep": ["</s>", 4]},
         "model": {"type": "WordLevel", "vocab": {"?": 0, "one": 1, "two,": 2}, "unk_token": "?"}}
        """;

    private const string Template = """
        {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "B", "type_id": 5}}, {"SpecialToken": {"id": "x", "type_id": 7}}, {"Sequence": {"id": "A", "type_id": 6}}],
         "special_tokens": {"x": {"id": "x", "ids": [3, 4]}}}
        """;

    [DataFact("tokenizers/wordpiece.vocab.txt")]
    public void WordPiecesAreThoseOfBert()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("tokenizers/wordpiece.golden.json")));
        foreach (bool lowers in new[] { false, true })
        {
            ITokenizer tokenizer = Load(Bert(File.ReadAllLines(TestData.PathOf("tokenizers/wordpiece.vocab.txt")), lowers).ToJsonString());
            foreach (JsonElement entry in golden.RootElement.EnumerateArray().Where(entry => entry.GetProperty("lowercase").GetBoolean() == lowers))
            {
                int[] expected = [.. entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
                Assert.Equal(expected, tokenizer.Encode(entry.GetProperty("text").GetString()));
            }
        }
    }

    [Fact]
    public void WordsAreTokens()
    {
        PipelineTokenizer tokenizer = Load(WordLevel);
        Assert.Equal([3, 1, 2, 0, 4], tokenizer.Encode(" ONE two, three"));
        Assert.Equal("one two, ?", tokenizer.Decode([3, 1, 2, 0, 4]));
        TokenEncoding pair = tokenizer.EncodePair("one", "two,");
        Assert.Equal([3, 1, 4, 4, 2, 4], pair.Tokens);
        Assert.Equal(new int[6], pair.TokenTypes);
    }

    [Fact]
    public void TemplatesAreFollowed()
    {
        JsonObject json = JsonNode.Parse(WordLevel)!.AsObject();
        json["post_processor"] = JsonNode.Parse(Template);
        PipelineTokenizer tokenizer = Load(json.ToJsonString());
        Assert.Equal([1], tokenizer.Encode("one"));
        TokenEncoding pair = tokenizer.EncodePair("one", "two, two,");
        Assert.Equal([2, 2, 3, 4, 1], pair.Tokens);
        Assert.Equal([5, 5, 7, 7, 6], pair.TokenTypes);
    }

    [Theory]
    [InlineData("\"WhitespaceSplit\"", "\"Metaspace\"", "$.pre_tokenizer.type is \"Metaspace\"")]
    [InlineData("\"Lowercase\"", "\"Nmt\"", "$.normalizer.type is \"Nmt\"")]
    [InlineData("\"unk_token\": \"?\"", "\"unk_token\": \"!\"", "$.model.unk_token is \"!\"")]
    [InlineData("[\"<s>\", 3]", "[3]", "$.post_processor.cls is [3]")]
    public void UnsupportedValuesAreNamed(string old, string value, string message) =>
        Assert.Contains(message, Assert.Throws<TokenizerFormatException>(() => Load(WordLevel.Replace(old, value))).Message);

    [Fact]
    public void MutatedFilesAreReadOrRefused()
    {
        string original = Bert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##b"], lowers: true).ToJsonString();
        string[] pieces = ["null", "0", "-1", "\"\"", "[]", "{}", "true", "\"Sequence\"", "\"\\ud800\"", ",", "}", "x"];
        var random = new Random(12);
        for (int round = 0; round < 300; round++)
        {
            int start = original.IndexOfAny(['"', ':', '[', '{', ','], random.Next(original.Length - 4)) + 1;
            int length = Math.Min(random.Next(12), original.Length - start);
            string mutated = string.Concat(original.AsSpan(0, start), pieces[random.Next(pieces.Length)], original.AsSpan(start + length));
            Exception? error = Record.Exception(() => Load(mutated));
            Assert.True(error is null or TokenizerFormatException, $"{error}\n{mutated}");
        }
    }

    private static JsonObject Bert(string[] pieces, bool lowers)
    {
        var vocabulary = new JsonObject();
        for (int token = 0; token < pieces.Length; token++) vocabulary.Add(pieces[token], token);
        return new JsonObject
        {
            ["normalizer"] = new JsonObject { ["type"] = "BertNormalizer", ["lowercase"] = lowers, ["strip_accents"] = null },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject { ["type"] = "BertProcessing", ["cls"] = new JsonArray("[CLS]", 2), ["sep"] = new JsonArray("[SEP]", 3) },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject { ["type"] = "WordPiece", ["vocab"] = vocabulary, ["unk_token"] = "[UNK]" },
        };
    }

    private static PipelineTokenizer Load(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), json);
        return Assert.IsType<PipelineTokenizer>(Tokenizer.Load(folder.ToString()));
    }
}
