using System.Text.Json.Nodes;
using Transformer.Compiled.Tests;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>Makes the <c>tokenizer.json</c> of a SentencePiece model, as Hugging Face's conversion of T5's and Llama's models does.</summary>
internal static class SentencePieceJson
{
    public static JsonObject Of(string name)
    {
        string path = TestData.PathOf($"tokenizers/{name}.model");
        var pieces = new List<SentencePiece>();
        bool isUnigram = true, fallsBack = false;
        string map = "";
        byte[] bytes = File.ReadAllBytes(path);
        for (var reader = new ProtobufReader(path, bytes, 0, bytes.Length); reader.Next();)
        {
            ProtobufReader message = reader.Field <= 3 ? reader.Message() : reader;
            if (reader.Field == 1) pieces.Add(Piece(message));
            while (reader.Field == 2 && message.Next())
            {
                if (message.Field == 3) isUnigram = message.Integer() == 1;
                if (message.Field == 35) fallsBack = message.Flag();
            }

            while (reader.Field == 3 && message.Next())
            {
                if (message.Field == 2) map = Convert.ToBase64String(message.Bytes());
            }
        }

        int unknown = pieces.FindIndex(piece => piece.Kind == PieceKind.Unknown);
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. Enumerable.Range(0, pieces.Count).Where(token => IsSpecial(pieces[token])).Select(token => Added(token, pieces[token]))]),
            ["normalizer"] = Sequence("normalizers", [.. Normalizers(map)]),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = "always", ["split"] = isUnigram },
            ["decoder"] = fallsBack ? JsonNode.Parse(ByteDecoder) : JsonNode.Parse("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}"""),
            ["model"] = isUnigram ? Unigram(pieces, unknown, fallsBack) : BytePairs(pieces, unknown, fallsBack),
        };
    }

    private const string ByteDecoder = """
        {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
         {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
        """;

    private static SentencePiece Piece(ProtobufReader reader)
    {
        (string content, float score, PieceKind kind) = ("", 0, PieceKind.Normal);
        while (reader.Next())
        {
            if (reader.Field == 1) content = reader.Text();
            if (reader.Field == 2) score = reader.Single();
            if (reader.Field == 3) kind = (PieceKind)reader.Integer();
        }

        return new SentencePiece(content, score, kind);
    }

    private static bool IsSpecial(SentencePiece piece) => piece.Kind is PieceKind.Unknown or PieceKind.Control;

    private static JsonObject Added(int token, SentencePiece piece) => new() { ["id"] = token, ["content"] = piece.Content, ["special"] = true };

    private static IEnumerable<JsonNode> Normalizers(string map)
    {
        if (map.Length > 0) yield return new JsonObject { ["type"] = "Precompiled", ["precompiled_charsmap"] = map };
        yield return JsonNode.Parse("""{"type": "Strip", "strip_left": false, "strip_right": true}""")!;
        yield return JsonNode.Parse("""{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}""")!;
    }

    private static JsonObject Sequence(string list, JsonNode[] steps) => new() { ["type"] = "Sequence", [list] = new JsonArray(steps) };

    private static JsonObject Unigram(List<SentencePiece> pieces, int unknown, bool fallsBack) => new()
    {
        ["type"] = "Unigram",
        ["unk_id"] = unknown,
        ["byte_fallback"] = fallsBack,
        ["vocab"] = new JsonArray([.. pieces.Select(piece => new JsonArray(piece.Content, piece.Score))]),
    };

    /// <summary>Every division of a piece into two pieces is a merge, in the order of the pieces' scores.</summary>
    private static JsonObject BytePairs(List<SentencePiece> pieces, int unknown, bool fallsBack)
    {
        var vocabulary = new JsonObject();
        for (int token = 0; token < pieces.Count; token++) vocabulary.Add(pieces[token].Content, token);
        HashSet<string> known = [.. pieces.Select(piece => piece.Content)];
        IEnumerable<JsonNode> merges = pieces
            .SelectMany(piece => Enumerable.Range(1, piece.Content.Length - 1).Select(cut => (piece.Score, Left: piece.Content[..cut], Right: piece.Content[cut..])))
            .Where(merge => known.Contains(merge.Left) && known.Contains(merge.Right))
            .OrderByDescending(merge => (merge.Score, merge.Left.Length, merge.Right.Length))
            .Select(merge => new JsonArray(merge.Left, merge.Right));
        return new JsonObject
        {
            ["type"] = "BPE",
            ["unk_token"] = pieces[unknown].Content,
            ["fuse_unk"] = true,
            ["byte_fallback"] = fallsBack,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray([.. merges]),
        };
    }
}
