namespace Transformer.Compiled.Tokenization;

/// <summary>The tokens that stand before and after each text (<c>TemplateProcessing</c>).</summary>
internal sealed record TokenTemplate(int[] Prefix, int[] Suffix)
{
    public static TokenTemplate Read(JsonPlace place)
    {
        TokenTemplate? template = null;
        foreach (JsonPlace step in TokenizerJson.Steps(place, "processors"))
        {
            switch (TokenizerJson.TypeOf(step))
            {
                case "ByteLevel":
                    break;
                case "TemplateProcessing" when template == null:
                    template = ReadSingle(step);
                    break;
                default:
                    throw TokenizerJson.UnknownType(step, "null, \"ByteLevel\", one \"TemplateProcessing\", or a \"Sequence\" of them");
            }
        }

        return template ?? new TokenTemplate([], []);
    }

    private static TokenTemplate ReadSingle(JsonPlace step)
    {
        JsonPlace single = step.Required("single");
        var prefix = new List<int>();
        var suffix = new List<int>();
        int texts = 0;
        foreach (JsonPlace piece in single.Items())
        {
            if (!piece["Sequence"].IsNull)
                texts++;
            else
                (texts == 0 ? prefix : suffix).AddRange(TokensOf(piece.Required("SpecialToken").Required("id"), step.Required("special_tokens")));
        }

        return texts == 1 ? new TokenTemplate([.. prefix], [.. suffix]) : throw single.Unsupported($"a template with {texts} texts", "one text");
    }

    private static IEnumerable<int> TokensOf(JsonPlace name, JsonPlace specialTokens) =>
        specialTokens.Required(name.String()).Required("ids").Items().Select(VocabularyReader.Token);
}
