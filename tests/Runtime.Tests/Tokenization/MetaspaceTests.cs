using System.Text.Json;
using System.Text.Json.Nodes;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Tests;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>Files of Hugging Face with SentencePiece's models: unigrams and byte pairs behind a <c>Metaspace</c>.</summary>
public class MetaspaceTests
{
    private const string Unigram = """
        {"added_tokens": [{"id": 0, "content": "<pad>", "special": true}, {"id": 1, "content": "</s>", "special": true}, {"id": 9, "content": "<x>", "special": true}],
         "normalizer": null,
         "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
         "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
         "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
         "model": {"type": "Unigram", "unk_id": 2, "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁", -2], ["▁a", -1], ["b", -3], ["a", -3.5], ["▁▁", -1], ["fi", -2]]}}
        """;

    [DataFact("tokenizers/unigram.model")]
    public void UnigramsAreThoseOfSentencePiece() => AgreesWithGolden("unigram", _ => { });

    [DataFact("tokenizers/bpe.model")]
    public void BytePairsAreThoseOfSentencePiece() => AgreesWithGolden("bpe", _ => { });

    /// <summary>T5's own file cuts at white space first.</summary>
    [DataFact("tokenizers/unigram.model")]
    public void WordsCutAtWhiteSpaceFirstAreTheSame() => AgreesWithGolden("unigram", json =>
    {
        json["normalizer"] = json["normalizer"]!["normalizers"]![0]!.DeepClone();
        json["pre_tokenizer"] = JsonNode.Parse(
            """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}]}""");
    });

    [Fact]
    public void SpacesBecomeVisibleAndWordsBeginWithThem()
    {
        ITokenizer tokenizer = Load(Unigram);
        Assert.Equal([4, 4, 5, 1], tokenizer.Encode("a ab"));
        Assert.Equal([4, 3, 4, 1], tokenizer.Encode("a  a"));
        Assert.Equal([1], tokenizer.Encode(""));
        Assert.Equal([4, 9, 4, 1], tokenizer.Encode("a<x>a"));
        Assert.Equal([3, 2, 4, 1], tokenizer.Encode("zz a"));
        Assert.Equal("a ab", tokenizer.Decode([4, 4, 5, 1]));
        Assert.Equal(10, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData("never", new[] { 6, 9, 6, 4, 1 })]
    [InlineData("first", new[] { 4, 9, 6, 4, 1 })]
    [InlineData("always", new[] { 4, 9, 4, 4, 1 })]
    public void ASpaceIsPutBeforeTheTextsThatTheSchemeNames(string scheme, int[] tokens) =>
        Assert.Equal(tokens, Load(Unigram.Replace("\"always\"", $"\"{scheme}\"")).Encode("a<x>a a"));

    [Fact]
    public void WithoutSplittingPiecesMayGoOverSpaces() =>
        Assert.Equal([4, 7, 5, 1], Load(Unigram.Replace("\"prepend_scheme\": \"always\"}", "\"prepend_scheme\": \"always\", \"split\": false}")).Encode("a  b"));

    [Fact]
    public void CompatibilityFormsAreDecomposedWhereTheRunTimeCan()
    {
        string json = Unigram.Replace("\"normalizer\": null", """ "normalizer": {"type": "NFKC"} """);
        if (!UnicodeNormalizer.IsSupported)
        {
            Assert.Contains("globalization is invariant", Assert.Throws<TokenizerFormatException>(() => Load(json)).Message);
            return;
        }

        ITokenizer tokenizer = Load(json);
        Assert.Equal([3, 8, 1], tokenizer.Encode("\uFB01"));
        Assert.Equal([3, 2, 1], tokenizer.Encode("\uD800"));
    }

    [Theory]
    [InlineData("[\"b\", -3]", "[\"b\"]", "$.model.vocab[5] is [\"b\"]")]
    [InlineData("[\"b\", -3]", "[\"b\", \"x\"]", "$.model.vocab[5][1] is \"x\"")]
    [InlineData("[\"b\", -3]", "[\"a\", -3]", "$.model.vocab[6][0] is \"a\"")]
    [InlineData("\"unk_id\": 2", "\"unk_id\": 99", "$.model.unk_id is 99")]
    [InlineData("\"unk_id\": 2", "\"unk_id\": null", "$.model.unk_id is null")]
    [InlineData("\"unk_id\": 2", "\"unk_id\": 2, \"byte_fallback\": true", "$.model.byte_fallback is true without a token <0x00>")]
    [InlineData("\"replacement\": \"▁\", \"prepend_scheme\": \"always\"}", "\"replacement\": \"ab\"}", "r.replacement is \"ab\"")]
    [InlineData("\"always\"}", "\"often\"}", "r.prepend_scheme is \"often\"")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"?\"}", "$.normalizer.precompiled_charsmap is \"?\"")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAA\"}", "a character map of 3 bytes")]
    public void UnsupportedValuesAreNamed(string old, string value, string message) =>
        Assert.Contains(message, Assert.Throws<TokenizerFormatException>(() => Load(Unigram.Replace(old, value))).Message);

    [Fact]
    public void MutatedFilesAreReadOrRefused()
    {
        string[] pieces = ["null", "0", "-1", "\"\"", "[]", "{}", "true", "\"Sequence\"", "\"\\ud800\"", ",", "}", "x"];
        var random = new Random(13);
        for (int round = 0; round < 300; round++)
        {
            int start = Unigram.IndexOfAny(['"', ':', '[', '{', ','], random.Next(Unigram.Length - 4)) + 1;
            int length = Math.Min(random.Next(12), Unigram.Length - start);
            string mutated = string.Concat(Unigram.AsSpan(0, start), pieces[random.Next(pieces.Length)], Unigram.AsSpan(start + length));
            Exception? error = Record.Exception(() => Load(mutated));
            Assert.True(error is null or TokenizerFormatException, $"{error}\n{mutated}");
        }
    }

    private static void AgreesWithGolden(string name, Action<JsonObject> change)
    {
        JsonObject json = SentencePieceJson.Of(name);
        change(json);
        ITokenizer tokenizer = Load(json.ToJsonString());
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(TestData.PathOf($"tokenizers/{name}.golden.json")));
        foreach (JsonElement entry in golden.RootElement.EnumerateArray())
        {
            int[] tokens = [.. entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(tokens, tokenizer.Encode(entry.GetProperty("text").GetString()));

            // Hugging Face leaves out what is unknown, which is special; SentencePiece writes " ⁇ ".
            string decoded = entry.GetProperty("decoded").GetString()!;
            if (!decoded.Contains('\u2047', StringComparison.Ordinal)) Assert.Equal(decoded, tokenizer.Decode(tokens));
        }
    }

    private static ITokenizer Load(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), json);
        return Tokenizer.Load(folder.ToString());
    }
}
