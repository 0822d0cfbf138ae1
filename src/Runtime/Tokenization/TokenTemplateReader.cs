namespace Transformer.Compiled.Tokenization;

/// <summary>Reads the <c>post_processor</c> of a <c>tokenizer.json</c>.</summary>
internal static class TokenTemplateReader
{
    private const string Supported =
        "null, \"ByteLevel\", one \"TemplateProcessing\", \"BertProcessing\" or \"RobertaProcessing\", or a \"Sequence\" of them";

    public static TokenTemplate Read(JsonPlace place)
    {
        TokenTemplate? template = null;
        foreach (JsonPlace step in TokenizerJson.Steps(place, "processors"))
        {
            string type = TokenizerJson.TypeOf(step);
            if (type == "ByteLevel") continue;
            if (template != null) throw TokenizerJson.UnknownType(step, Supported);
            template = type switch
            {
                "TemplateProcessing" => new TokenTemplate(ReadArrangement(step, "single"), ReadPair(step)),
                "BertProcessing" => TokenTemplate.Bert(ReadToken(step.Required("cls")), ReadToken(step.Required("sep"))),
                "RobertaProcessing" => TokenTemplate.Roberta(ReadToken(step.Required("cls")), ReadToken(step.Required("sep"))),
                _ => throw TokenizerJson.UnknownType(step, Supported),
            };
        }

        return template ?? TokenTemplate.Plain;
    }

    private static TokenArrangement ReadPair(JsonPlace step)
    {
        JsonPlace pair = step["pair"];
        bool isAbsent = pair.IsNull || (pair.IsArray && !pair.Items().Any());
        return isAbsent ? TokenTemplate.Plain.Pair : ReadArrangement(step, "pair");
    }

    private static TokenArrangement ReadArrangement(JsonPlace step, string name)
    {
        JsonPlace place = step.Required(name);
        var parts = new List<TokenPart>();
        foreach (JsonPlace item in place.Items())
        {
            JsonPlace text = item["Sequence"];
            if (text.IsNull)
                ReadSpecial(item.Required("SpecialToken"), step, parts);
            else
                parts.Add(ReadText(text));
        }

        int expected = name == "single" ? 0 : 1;
        bool isWhole = parts.Count(part => part is TokenPart.First) == 1 && parts.Count(part => part is TokenPart.Second) == expected;
        return isWhole ? new TokenArrangement([.. parts]) : throw place.Unsupported(
            place.Found(), expected == 0 ? "a template with one text, A" : "a template with two texts, A and B");
    }

    private static TokenPart ReadText(JsonPlace place)
    {
        JsonPlace name = place.Required("id");
        int type = place["type_id"].IsNull ? 0 : place["type_id"].Integer();
        return name.String() switch
        {
            "A" => new TokenPart.First(type),
            "B" => new TokenPart.Second(type),
            _ => throw name.Unsupported(name.Found(), "\"A\" or \"B\""),
        };
    }

    private static void ReadSpecial(JsonPlace place, JsonPlace step, List<TokenPart> parts)
    {
        int type = place["type_id"].IsNull ? 0 : place["type_id"].Integer();
        JsonPlace tokens = step.Required("special_tokens").Required(place.Required("id").String()).Required("ids");
        foreach (JsonPlace token in tokens.Items()) parts.Add(new TokenPart.Special(VocabularyReader.Token(token), type));
    }

    /// <summary>A pair of a content and its token.</summary>
    private static int ReadToken(JsonPlace place) => place.Items().ToArray() is [_, var token]
        ? VocabularyReader.Token(token)
        : throw place.Unsupported(place.Found(), "a content and its token");
}
