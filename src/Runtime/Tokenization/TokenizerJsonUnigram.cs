namespace Transformer.Compiled.Tokenization;

/// <summary>Reads a <c>tokenizer.json</c> with a unigram model, as those of T5 and XLM-RoBERTa have.</summary>
internal static class TokenizerJsonUnigram
{
    public const string Type = "Unigram";

    public static TokenPipeline Read(JsonFile file)
    {
        JsonPlace root = file.Root;
        JsonPlace model = root.Required("model");
        AddedToken[] addedTokens = root["added_tokens"].IsNull ? [] : [.. root["added_tokens"].Items().Select(TokenizerJson.ReadAddedToken)];
        SentencePiece[] pieces = ReadPieces(model, addedTokens, out Dictionary<string, int> vocabulary);
        CharacterDecoder decoder = TokenizerJsonDecoder.ReadCharacters(root["decoder"]);
        return new TokenPipeline
        {
            AddedTokens = addedTokens,
            Normalizers = TokenizerJsonNormalizer.Read(root["normalizer"]),
            Metaspace = ReadMetaspace(root["pre_tokenizer"]),
            Cutter = new WordCutter.Whole(),
            Model = new UnigramModel(pieces, new UnknownCharacters(Array.FindIndex(pieces, piece => piece.Kind == PieceKind.Unknown), ByteTokens(model, vocabulary))),
            Template = TokenTemplateReader.Read(root["post_processor"]),
            PaddingToken = TokenizerJson.ReadPaddingToken(root, addedTokens),
            Vocabulary = vocabulary,
            Decoded = decoder.Decoded,
            LeadingSpaces = decoder.LeadingSpaces,
        };
    }

    /// <summary>Pairs of a content and its score. Special ones are never pieces of a text.</summary>
    private static SentencePiece[] ReadPieces(JsonPlace model, AddedToken[] addedTokens, out Dictionary<string, int> vocabulary)
    {
        JsonPlace unknown = model.Required("unk_id");
        HashSet<int> special = [.. addedTokens.Where(token => token.IsSpecial).Select(token => token.Token)];
        var pieces = new List<SentencePiece>();
        vocabulary = [];
        foreach (JsonPlace item in model.Required("vocab").Items())
        {
            if (item.Items().ToArray() is not [var content, var score]) throw item.Unsupported(item.Found(), "a content and its score");
            int token = pieces.Count;
            if (content.String().Length == 0 || !vocabulary.TryAdd(content.String(), token)) throw content.Unsupported(content.Found(), "a content that was not there before");
            PieceKind kind = token == unknown.Integer() ? PieceKind.Unknown : special.Contains(token) ? PieceKind.Control : PieceKind.Normal;
            pieces.Add(new SentencePiece(content.String(), score.Single(), kind));
        }

        return unknown.Integer() < pieces.Count ? [.. pieces] : throw unknown.Unsupported(unknown.Found(), $"one of the {pieces.Count} tokens");
    }

    private static int[]? ByteTokens(JsonPlace model, Dictionary<string, int> vocabulary)
    {
        if (!model["byte_fallback"].Flag()) return null;
        var tokens = new int[256];
        for (int value = 0; value < tokens.Length; value++)
        {
            if (!vocabulary.TryGetValue($"<0x{value:X2}>", out tokens[value]))
                throw model["byte_fallback"].Unsupported($"true without a token <0x{value:X2}>", "false, or true with tokens of all bytes");
        }

        return tokens;
    }

    private static Metaspace? ReadMetaspace(JsonPlace place)
    {
        if (place.IsNull) return null;
        JsonPlace[] steps = [.. TokenizerJson.Steps(place, "pretokenizers")];
        return TokenizerJsonMetaspace.Read(steps) ?? throw place.Unsupported(place.Found(), "null, or " + TokenizerJsonMetaspace.Supported);
    }
}
