using System.Text.Json.Nodes;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>What cannot be read is refused with the file, the place, what was found and what is supported.</summary>
public class TokenizerFileTests
{
    [Theory]
    [InlineData("$.model.type", "\"Other\"", "\"BPE\"")]
    [InlineData("$.model.type", "\"Trigram\"", "\"BPE\"")]
    [InlineData("$.model.dropout", "0.1", "null")]
    [InlineData("$.model.continuing_subword_prefix", "\"##\"", "null")]
    [InlineData("$.model.end_of_word_suffix", "\"</w>\"", "null")]
    [InlineData("$.model.unk_token", "\"<nothing>\"", "a content of the vocabulary")]
    [InlineData("$.model.vocab", "[]", "an object")]
    [InlineData("$.model.vocab.t", "-1", "an integer")]
    [InlineData("$.model.vocab.t", "2000000000", "at most")]
    [InlineData("$.model.vocab.h", "260", "which 't' has too")]
    [InlineData("$.model.merges[1]", "\"t\"", "\"left right\"")]
    [InlineData("$.model.merges[2]", "\"h h\"", "'hh' is not in the vocabulary")]
    [InlineData("$.normalizer.normalizers[0].type", "\"Nmt\"", "\"Prepend\", \"Replace\"")]
    [InlineData("$.normalizer.normalizers[1].pattern", """{"Regex":"x"}""", "String")]
    [InlineData("$.pre_tokenizer", """{"type":"Whitespace"}""", "null or \"ByteLevel\"", ".type")]
    [InlineData("$.post_processor.type", "\"Bert\"", "\"TemplateProcessing\"")]
    [InlineData("$.post_processor.single", "[]", "a template with one text")]
    [InlineData("$.decoder", "null", "\"Fuse\"")]
    [InlineData("$.decoder.decoders[1].type", "\"WordPiece\"", "\"ByteFallback\"")]
    [InlineData("$.decoder.decoders[3].content", "\"x\"", "\" \"")]
    [InlineData("$.decoder.decoders[3].stop", "1", "0")]
    [InlineData("$.added_tokens[1].content", "\"\"", "a text")]
    [InlineData("$.added_tokens[1].id", "\"1\"", "an integer")]
    public void UnsupportedValuesAreNamed(string path, string value, string supported, string suffix = "")
    {
        JsonObject json = TokenizerFiles.ByteFallbackJson();
        Replace(json, path, JsonNode.Parse(value));
        var error = Assert.Throws<TokenizerFormatException>(() => TokenizerFiles.Load(json));
        Assert.Contains("tokenizer.json: ", error.Message);
        Assert.Contains($" {path}{suffix} is ", error.Message);
        Assert.Contains(supported, error.Message);
    }

    [Theory]
    [InlineData("$.decoder", "null", "\"ByteLevel\"")]
    [InlineData("$.decoder.type", "\"Fuse\"", "\"ByteLevel\"")]
    [InlineData("$.pre_tokenizer.use_regex", "false", "true")]
    [InlineData("$.normalizer", """{"type":"Nmt"}""", "\"Replace\"", ".type")]
    public void UnsupportedValuesOfByteLevelFilesAreNamed(string path, string value, string supported, string suffix = "")
    {
        JsonObject json = TokenizerFiles.ByteLevelJson();
        Replace(json, path, JsonNode.Parse(value));
        var error = Assert.Throws<TokenizerFormatException>(() => TokenizerFiles.Load(json));
        Assert.Contains($" {path}{suffix} is ", error.Message);
        Assert.Contains(supported, error.Message);
    }

    [Theory]
    [InlineData("$.pre_tokenizer.pretokenizers[0].pattern.Regex", "\"x+\"", "the expression of Llama 3")]
    [InlineData("$.pre_tokenizer.pretokenizers[0].behavior", "\"Removed\"", "\"Isolated\"")]
    [InlineData("$.pre_tokenizer.pretokenizers[0].invert", "true", "false")]
    [InlineData("$.pre_tokenizer.pretokenizers[0].type", "\"Digits\"", "\"Split\"")]
    [InlineData("$.pre_tokenizer.pretokenizers[1].use_regex", "true", "false after one")]
    [InlineData("$.normalizer", """{"type":"Nmt"}""", "\"Replace\"", ".type")]
    public void UnsupportedValuesOfLlama3FilesAreNamed(string path, string value, string supported, string suffix = "")
    {
        JsonObject json = TokenizerFiles.Llama3Json();
        Replace(json, path, JsonNode.Parse(value));
        var error = Assert.Throws<TokenizerFormatException>(() => TokenizerFiles.Load(json));
        Assert.Contains($" {path}{suffix} is ", error.Message);
        Assert.Contains(supported, error.Message);
    }

    [Fact]
    public void OtherSequencesOfStepsAreNamed()
    {
        JsonObject json = TokenizerFiles.Llama3Json();
        Replace(json, "$.pre_tokenizer.pretokenizers", new JsonArray());
        Assert.Contains("$.pre_tokenizer is a sequence of 0 steps", Assert.Throws<TokenizerFormatException>(() => TokenizerFiles.Load(json)).Message);
    }

    [Theory]
    [InlineData("{", "is not JSON")]
    [InlineData("[]", "$ is []")]
    [InlineData("{}", "\"model\"")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"\ud800": 0}, "merges": []}}""", "not valid Unicode")]
    public void DamagedFilesAreNamed(string content, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("some.json");
        File.WriteAllText(path, content);
        var error = Assert.ThrowsAny<Exception>(() => Tokenizer.Load(path));
        Assert.IsType<TokenizerFormatException>(error);
        Assert.Contains(path, error.Message);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("byte level")]
    [InlineData("byte fallback")]
    [InlineData("llama 3")]
    public void MutatedFilesAreReadOrRefused(string form)
    {
        string original = (form switch
        {
            "byte level" => TokenizerFiles.ByteLevelJson(),
            "llama 3" => TokenizerFiles.Llama3Json(),
            _ => TokenizerFiles.ByteFallbackJson(),
        }).ToJsonString();
        string[] pieces = ["null", "0", "-1", "1e9", "\"\"", "[]", "{}", "true", "\"Sequence\"", "\"\\ud800\"", ",", "}", "x", "id", "type"];
        using var folder = new TemporaryFolder();
        string path = folder.File("tokenizer.json");
        var random = new Random(10);
        for (int round = 0; round < 400; round++)
        {
            string mutated = original;
            for (int edits = random.Next(1, 3); edits > 0; edits--)
            {
                int start = mutated.IndexOfAny(['"', ':', '[', '{', ','], random.Next(mutated.Length / 2)) + 1;
                int length = Math.Min(random.Next(12), mutated.Length - start);
                mutated = string.Concat(mutated.AsSpan(0, start), pieces[random.Next(pieces.Length)], mutated.AsSpan(start + length));
            }

            File.WriteAllText(path, mutated);
            Exception? error = Record.Exception(() => Tokenizer.Load(path));
            Assert.True(error is null or TokenizerFormatException, $"{error}\n{mutated}");
        }
    }

    [Fact]
    public void PairsOfFilesAreFoundFromEither()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("vocab.json"), """{"a": 0, "b": 1, "ab": 2, "Ġ": 3}""");
        File.WriteAllText(folder.File("merges.txt"), "#version: 0.2\na b\n");
        foreach (string path in new[] { folder.File("vocab.json"), folder.File("merges.txt"), folder.ToString() })
        {
            ITokenizer tokenizer = Tokenizer.Load(path);
            Assert.Equal([2, 3, 0], tokenizer.Encode("ab a"));
            Assert.Equal("ab a", tokenizer.Decode([2, 3, 0]));
        }

        File.WriteAllText(folder.File("merges.txt"), "#version: 0.2\na b\nb a\n");
        var error = Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(folder.ToString()));
        Assert.Contains("merges.txt: line 3 is a merge of 'b' and 'a', and 'ba' is not in the vocabulary", error.Message);
        File.WriteAllText(folder.File("merges.txt"), "a  b\n");
        Assert.Contains("line 1", Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(folder.ToString())).Message);
        File.Delete(folder.File("merges.txt"));
        Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(folder.ToString()));
    }

    [Fact]
    public void MissingFilesAreNamed()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("neither", Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(folder.ToString())).Message);
        Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(folder.File("absent.json")));
    }

    private static void Replace(JsonObject root, string path, JsonNode? value)
    {
        JsonNode node = root;
        string[] steps = path[2..].Replace("[", ".[").Split('.');
        foreach (string step in steps[..^1]) node = step[0] == '[' ? node[int.Parse(step[1..^1])]! : node[step]!;
        string last = steps[^1];
        if (last[0] == '[')
            node[int.Parse(last[1..^1])] = value;
        else
            node[last] = value;
    }
}
