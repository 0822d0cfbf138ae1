namespace Transformer.Compiled.Tokenization;

/// <summary>Reads the <c>decoder</c> of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonDecoder
{
    private const string OfCharacters = "\"Metaspace\", \"Replace\", \"ByteFallback\", \"Fuse\", \"Strip\" or a \"Sequence\" of them";

    public static BytePairPipeline Read(JsonPlace place, BytePairPipeline pipeline) =>
        pipeline.Form is BytePairForm.Bytes ? ReadBytes(place, pipeline) : pipeline with { Decoder = ReadCharacters(place) };

    private static BytePairPipeline ReadBytes(JsonPlace place, BytePairPipeline pipeline)
    {
        const string Supported = "\"ByteLevel\" after a \"ByteLevel\" pre-tokenizer";
        if (place.IsNull) throw place.Unsupported(place.Found(), Supported);
        return TokenizerJson.TypeOf(place) == "ByteLevel" ? pipeline : throw TokenizerJson.UnknownType(place, Supported);
    }

    /// <summary>A decoder of contents that are characters.</summary>
    public static CharacterDecoder ReadCharacters(JsonPlace place)
    {
        JsonPlace[] steps = [.. TokenizerJson.Steps(place, "decoders")];
        if (steps is [var only] && TokenizerJson.TypeOf(only) == TokenizerJsonMetaspace.Type) return ReadMetaspace(only);

        var replacements = new List<Normalizer.Replace>();
        bool isFused = false;
        bool decodesBytes = false;
        int leadingSpaces = 0;
        foreach (JsonPlace step in steps)
        {
            switch (TokenizerJson.TypeOf(step))
            {
                case "Replace" when !isFused:
                    replacements.Add(new Normalizer.Replace(TokenizerJson.Pattern(step), step.Required("content").String()));
                    break;
                case "ByteFallback" when !isFused:
                    decodesBytes = true;
                    break;
                case "Fuse":
                    isFused = true;
                    break;
                case "Strip" when isFused:
                    leadingSpaces += LeadingSpacesOf(step);
                    break;
                case "Replace" or "ByteFallback":
                    throw TokenizerJson.UnknownType(step, "only \"Strip\" after \"Fuse\"");
                case "Strip":
                    throw TokenizerJson.UnknownType(step, "\"Strip\" only after \"Fuse\"");
                default:
                    throw TokenizerJson.UnknownType(step, OfCharacters);
            }
        }

        if (!isFused) throw place.Unsupported("a decoder without \"Fuse\"", OfCharacters + ", with a \"Fuse\"");
        return new CharacterDecoder { Replacements = replacements, DecodesBytes = decodesBytes, LeadingSpaces = leadingSpaces };
    }

    private static CharacterDecoder ReadMetaspace(JsonPlace step) => new()
    {
        Replacements = [new Normalizer.Replace(TokenizerJsonMetaspace.Space(step).ToString(), " ")],
        LeadingSpaces = TokenizerJsonMetaspace.Prefix(step) == MetaspacePrefix.Never ? 0 : 1,
    };

    private static int LeadingSpacesOf(JsonPlace step)
    {
        JsonPlace content = step.Required("content");
        if (content.String() != " ") throw content.Unsupported(content.Found(), "\" \"");
        JsonPlace stop = step["stop"];
        if (!stop.IsNull && stop.Integer() != 0) throw stop.Unsupported(stop.Found(), "0");
        return step.Required("start").Integer();
    }
}
