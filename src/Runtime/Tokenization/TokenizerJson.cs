namespace Transformer.Compiled.Tokenization;

/// <summary>
/// Reads Hugging Face's <c>tokenizer.json</c>. Whatever it asks for is either done or refused; only truncation and padding are
/// left to the caller.
/// </summary>
internal static class TokenizerJson
{
    public static BytePairPipeline Read(JsonFile file)
    {
        JsonPlace root = file.Root;
        BytePairModel model = ReadModel(root.Required("model"));
        BytePairForm form = TokenizerJsonForm.Read(root["pre_tokenizer"]);
        Normalizer[] normalizers = TokenizerJsonNormalizer.Read(root["normalizer"]);
        AddedToken[] addedTokens = root["added_tokens"].IsNull ? [] : [.. root["added_tokens"].Items().Select(ReadAddedToken)];
        var pipeline = new BytePairPipeline
        {
            Model = model,
            Form = form,
            Normalizers = normalizers,
            AddedTokens = addedTokens,
            Template = TokenTemplateReader.Read(root["post_processor"]),
            PaddingToken = ReadPaddingToken(root, addedTokens),
        };
        return TokenizerJsonDecoder.Read(root["decoder"], pipeline);
    }

    /// <summary>The <c>type</c> of a step.</summary>
    public static string TypeOf(JsonPlace step) => step.Required("type").String();

    /// <summary>The error of a step of a type that is not supported.</summary>
    public static TokenizerFormatException UnknownType(JsonPlace step, string supported) =>
        step["type"].Unsupported(step["type"].Found(), supported);

    /// <summary>The steps of a <c>Sequence</c>, or the only one, or none.</summary>
    public static IEnumerable<JsonPlace> Steps(JsonPlace step, string listName)
    {
        if (step.IsNull) return [];
        return TypeOf(step) == "Sequence" ? step.Required(listName).Items().SelectMany(inner => Steps(inner, listName)) : [step];
    }

    /// <summary>The <c>String</c> of a pattern; regular expressions are refused.</summary>
    public static string Pattern(JsonPlace step)
    {
        JsonPlace pattern = step.Required("pattern");
        JsonPlace text = pattern["String"];
        return text.IsNull || text.String().Length == 0 ? throw pattern.Unsupported(pattern.Found(), """{"String": …}""") : text.String();
    }

    private static BytePairModel ReadModel(JsonPlace place)
    {
        if (!place["type"].IsNull && TypeOf(place) != "BPE") throw UnknownType(place, "\"BPE\"");
        place["dropout"].RequireAbsent();
        place["continuing_subword_prefix"].RequireAbsent();
        place["end_of_word_suffix"].RequireAbsent();

        Dictionary<string, int> vocabulary = VocabularyReader.Read(place.Required("vocab"));
        var merges = new MergeTable();
        foreach (JsonPlace merge in place.Required("merges").Items())
        {
            if (Parts(merge) is not [string left, string right]) throw merge.Unsupported(merge.Found(), "\"left right\" or [\"left\", \"right\"]");
            VocabularyReader.AddMerge(merges, vocabulary, left, right, merge.Unsupported);
        }

        return new BytePairModel(vocabulary, merges, new BytePairOptions
        {
            Unknown = ReadUnknown(place["unk_token"], vocabulary),
            FuseUnknown = place["fuse_unk"].Flag(),
            ByteFallback = place["byte_fallback"].Flag(),
            IgnoreMerges = place["ignore_merges"].Flag(),
        });
    }

    /// <summary>The token of the <c>padding</c>, or that which is commonly called so.</summary>
    public static int? ReadPaddingToken(JsonPlace root, IEnumerable<AddedToken> addedTokens)
    {
        JsonPlace padding = root["padding"];
        return padding.IsNull
            ? addedTokens.FirstOrDefault(token => token.Content is "[PAD]" or "<pad>")?.Token
            : VocabularyReader.Token(padding.Required("pad_id"));
    }

    private static string[] Parts(JsonPlace merge) =>
        merge.IsArray ? [.. merge.Items().Select(part => part.String())] : merge.String().Split(' ');

    private static int? ReadUnknown(JsonPlace place, Dictionary<string, int> vocabulary)
    {
        if (place.IsNull) return null;
        return vocabulary.TryGetValue(place.String(), out int token) ? token : throw place.Unsupported(place.Found(), "a content of the vocabulary");
    }

    /// <summary>One of the <c>added_tokens</c>.</summary>
    public static AddedToken ReadAddedToken(JsonPlace place)
    {
        JsonPlace content = place.Required("content");
        if (content.String().Length == 0) throw content.Unsupported("empty", "a text");
        return new AddedToken(VocabularyReader.Token(place.Required("id")), content.String())
        {
            IsSpecial = place["special"].Flag(),
            IsNormalized = place["normalized"].Flag(),
            IsSingleWord = place["single_word"].Flag(),
            StripsLeft = place["lstrip"].Flag(),
            StripsRight = place["rstrip"].Flag(),
        };
    }
}
