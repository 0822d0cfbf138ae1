namespace Transformer.Compiled.Tokenization;

/// <summary>Reads a <c>Metaspace</c> pre-tokenizer or decoder of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonMetaspace
{
    public const string Type = "Metaspace";
    public const string Supported = "\"Metaspace\", alone or after a \"WhitespaceSplit\"";

    /// <summary>The pre-tokenizer of these steps; null where none of them is a <c>Metaspace</c>.</summary>
    public static Metaspace? Read(JsonPlace[] steps)
    {
        if (!steps.Any(step => TokenizerJson.TypeOf(step) == Type)) return null;
        return steps switch
        {
            [var step] => Read(step, isAfterSplit: false),
            [var split, var step] when TokenizerJson.TypeOf(split) == "WhitespaceSplit" && TokenizerJson.TypeOf(step) == Type => Read(step, isAfterSplit: true),
            _ => throw TokenizerJson.UnknownType(steps[0], Supported),
        };
    }

    /// <summary>The character that is a space in a text.</summary>
    public static char Space(JsonPlace step)
    {
        JsonPlace replacement = step["replacement"];
        if (replacement.IsNull) return SentencePiece.Space;
        return replacement.String() is [var space] ? space : throw replacement.Unsupported(replacement.Found(), "one character");
    }

    public static MetaspacePrefix Prefix(JsonPlace step)
    {
        JsonPlace scheme = step["prepend_scheme"];
        if (scheme.IsNull) return step["add_prefix_space"].IsNull || step["add_prefix_space"].Flag() ? MetaspacePrefix.Always : MetaspacePrefix.Never;
        return scheme.String() switch
        {
            "always" => MetaspacePrefix.Always,
            "first" => MetaspacePrefix.First,
            "never" => MetaspacePrefix.Never,
            _ => throw scheme.Unsupported(scheme.Found(), "\"always\", \"first\" or \"never\""),
        };
    }

    private static Metaspace Read(JsonPlace step, bool isAfterSplit)
    {
        char space = Space(step);
        bool splits = step["split"].IsNull || step["split"].Flag();
        MetaspacePrefix prefix = Prefix(step);
        if (isAfterSplit && prefix != MetaspacePrefix.Always)
            throw step["prepend_scheme"].Unsupported(step["prepend_scheme"].Found(), "\"always\" after a \"WhitespaceSplit\"");
        if (isAfterSplit && !splits) throw step["split"].Unsupported("false", "true after a \"WhitespaceSplit\"");
        return new Metaspace(space, isAfterSplit ? MetaspacePrefix.EachWord : prefix, splits ? new WordCutter.Before(space) : new WordCutter.Whole());
    }
}
