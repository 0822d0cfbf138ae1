using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Reads a <c>tokenizer.json</c> with a model of word pieces or of whole words.</summary>
internal static class TokenizerJsonPipeline
{
    public const string WordPiece = "WordPiece";
    public const string WordLevel = "WordLevel";

    public static TokenPipeline Read(JsonFile file)
    {
        JsonPlace root = file.Root;
        JsonPlace model = root.Required("model");
        Dictionary<string, int> vocabulary = VocabularyReader.Read(model.Required("vocab"));
        AddedToken[] addedTokens = root["added_tokens"].IsNull ? [] : [.. root["added_tokens"].Items().Select(TokenizerJson.ReadAddedToken)];
        (TokenModel words, string continuation) = ReadModel(model, vocabulary);
        return new TokenPipeline
        {
            AddedTokens = addedTokens,
            Normalizers = TokenizerJsonNormalizer.Read(root["normalizer"]),
            Cutter = ReadCutter(root.Required("pre_tokenizer")),
            Model = words,
            Template = TokenTemplateReader.Read(root["post_processor"]),
            PaddingToken = TokenizerJson.ReadPaddingToken(root, addedTokens),
            Vocabulary = vocabulary,
            Decoded = ReadDecoder(root["decoder"], continuation),
            LeadingSpaces = 1,
        };
    }

    private static (TokenModel Model, string Continuation) ReadModel(JsonPlace place, Dictionary<string, int> vocabulary)
    {
        JsonPlace unknownPlace = place.Required("unk_token");
        if (!vocabulary.TryGetValue(unknownPlace.String(), out int unknown))
            throw unknownPlace.Unsupported(unknownPlace.Found(), "a content of the vocabulary");
        switch (TokenizerJson.TypeOf(place))
        {
            case WordLevel:
                return (new WordLevelModel(vocabulary, unknown), "");
            case WordPiece:
                JsonPlace prefix = place["continuing_subword_prefix"];
                string continuation = prefix.IsNull ? WordPieceFile.Continuation : prefix.String();
                if (continuation.Length == 0) throw prefix.Unsupported(prefix.Found(), "a text such as \"##\"");
                JsonPlace maximum = place["max_input_chars_per_word"];
                int characters = maximum.IsNull ? WordPieceFile.MaximumCharacters : maximum.Integer();
                return (new WordPieceModel(vocabulary, unknown, continuation, characters), continuation);
            default:
                throw TokenizerJson.UnknownType(place, "\"WordPiece\" or \"WordLevel\"");
        }
    }

    private static WordCutter ReadCutter(JsonPlace step) => TokenizerJson.TypeOf(step) switch
    {
        "BertPreTokenizer" => new WordCutter.Bert(),
        "WhitespaceSplit" => new WordCutter.WhiteSpace(),
        _ => throw TokenizerJson.UnknownType(step, "\"BertPreTokenizer\" or \"WhitespaceSplit\""),
    };

    /// <summary>What a content is in a text; without a decoder there are spaces between all tokens.</summary>
    private static Func<string, byte[]> ReadDecoder(JsonPlace step, string continuation)
    {
        if (step.IsNull) return content => Encoding.UTF8.GetBytes($" {content}");
        if (TokenizerJson.TypeOf(step) != WordPiece) throw TokenizerJson.UnknownType(step, "null or \"WordPiece\"");
        JsonPlace prefix = step["prefix"];
        string joined = prefix.IsNull ? continuation : prefix.String();
        if (joined.Length == 0) throw prefix.Unsupported(prefix.Found(), "a text such as \"##\"");
        bool cleansUp = step["cleanup"].IsNull || step["cleanup"].Flag();
        return content =>
        {
            string piece = WordPieceFile.Spaced(content, joined);
            return Encoding.UTF8.GetBytes(cleansUp ? WordPieceFile.CleanedUp(piece) : piece);
        };
    }
}
