using System.Text.Json.Nodes;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>Small tokenizer.json files of both forms, for tests to load as they are or with changes.</summary>
internal static class TokenizerFiles
{
    /// <summary>The token of byte 0 in <see cref="ByteFallbackJson"/>.</summary>
    public const int FirstByte = 3;

    public static BytePairTokenizer ByteFallback() => Load(ByteFallbackJson());

    public static BytePairTokenizer ByteLevel() => Load(ByteLevelJson());

    public static BytePairTokenizer Load(JsonObject json)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("tokenizer.json");
        File.WriteAllText(path, json.ToJsonString());
        return (BytePairTokenizer)Tokenizer.Load(path);
    }

    /// <summary>As Llama's: 3 special tokens, 256 bytes, then characters and merges.</summary>
    public static JsonObject ByteFallbackJson()
    {
        string[] bytes = [.. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>")];
        string[] contents = ["<unk>", "<s>", "</s>", .. bytes, "▁", "t", "h", "e", "a", "é", "th", "▁th", "▁the", "▁a", "aa", "aaaa"];
        return (JsonObject)JsonNode.Parse($$$"""
        {
          "added_tokens": [
            {"id": 0, "content": "<unk>", "special": true}, {"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}
          ],
          "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
          ]},
          "pre_tokenizer": null,
          "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}
          },
          "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}
          ]},
          "model": {
            "type": "BPE", "dropout": null, "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true,
            "vocab": {{{Vocabulary(contents)}}},
            "merges": [["t", "h"], ["▁", "th"], ["▁th", "e"], ["a", "a"], ["▁", "a"], ["aa", "aa"]]
          }
        }
        """)!;
    }

    /// <summary>As GPT-2's: 256 bytes, then merges, then an added token.</summary>
    public static JsonObject ByteLevelJson()
    {
        string alphabet = string.Concat(Enumerable.Range('!', 94).Concat(Enumerable.Range('¡', 12)).Concat(Enumerable.Range('®', 82)).Concat(Enumerable.Range(256, 68)).Select(value => (char)value));
        string[] contents = [.. alphabet.Select(character => character.ToString()), "he", "Ġt", "Ġthe", "aa", "aaaa"];
        return (JsonObject)JsonNode.Parse($$$"""
        {
          "added_tokens": [{"id": 261, "content": "<|end|>", "special": true, "normalized": true}],
          "normalizer": null,
          "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
          "post_processor": {"type": "ByteLevel", "trim_offsets": false},
          "decoder": {"type": "ByteLevel"},
          "model": {
            "type": "BPE", "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": "",
            "vocab": {{{Vocabulary(contents)}}},
            "merges": ["h e", "Ġ t", "Ġt he", "a a", "aa aa"]
          }
        }
        """)!;
    }

    /// <summary>The same with Llama 3's words: a <c>Split</c> before the <c>ByteLevel</c>, and a template.</summary>
    public static JsonObject Llama3Json()
    {
        JsonObject json = ByteLevelJson();
        json["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = Llama3WordSplitter.Pattern }, ["behavior"] = "Isolated", ["invert"] = false },
                new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
        };
        json["post_processor"] = JsonNode.Parse("""
        {"type": "Sequence", "processors": [
          {"type": "ByteLevel"},
          {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<|end|>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "<|end|>"}}],
            "special_tokens": {"<|end|>": {"id": "<|end|>", "ids": [261], "tokens": ["<|end|>"]}}
          }
        ]}
        """);
        json["model"]!["ignore_merges"] = true;
        return json;
    }

    /// <summary>Characters of all planes, among them many spaces, letters of the merges and separators.</summary>
    public static string RandomText(Random random, int length)
    {
        var text = new System.Text.StringBuilder();
        while (text.Length < length)
        {
            int value = random.Next(6) switch
            {
                0 => ' ',
                1 => "the aa\n\t'srveé\rSLLl123'!"[random.Next(24)],
                2 => random.Next(0x80),
                3 => random.Next(0x3000),
                4 => random.Next(0xD800),
                _ => random.Next(0xE000, 0x110000),
            };
            text.Append(new System.Text.Rune(value).ToString());
        }

        return text.ToString();
    }

    private static string Vocabulary(string[] contents)
    {
        var vocabulary = new JsonObject();
        for (int token = 0; token < contents.Length; token++) vocabulary.Add(contents[token], token);
        return vocabulary.ToJsonString();
    }
}
