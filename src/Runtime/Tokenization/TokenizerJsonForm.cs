namespace Transformer.Compiled.Tokenization;

/// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonForm
{
    public static BytePairForm Read(JsonPlace place)
    {
        if (place.IsNull) return new BytePairForm.Characters();
        JsonPlace[] steps = [.. TokenizerJson.Steps(place, "pretokenizers")];
        if (TokenizerJsonMetaspace.Read(steps) is { } spaces) return new BytePairForm.SpacedWords(spaces);
        return steps switch
        {
            [var bytes] => ReadBytes(bytes, splits: null),
            [var split, var bytes] => ReadBytes(bytes, ReadSplit(split)),
            _ => throw place.Unsupported($"a sequence of {steps.Length} steps", "\"ByteLevel\", or \"Split\" and \"ByteLevel\", or " + TokenizerJsonMetaspace.Supported),
        };
    }

    private static BytePairForm.Bytes ReadBytes(JsonPlace step, WordSplitter? splits)
    {
        if (TokenizerJson.TypeOf(step) != "ByteLevel") throw TokenizerJson.UnknownType(step, "null or \"ByteLevel\", or " + TokenizerJsonMetaspace.Supported);
        JsonPlace own = step["use_regex"];
        bool splitsItself = own.IsNull || own.Flag();
        if (splitsItself != (splits == null)) throw own.Unsupported(own.Found(), "true without a \"Split\" before it, false after one");
        return new BytePairForm.Bytes(splits ?? new Gpt2WordSplitter(), step["add_prefix_space"].Flag() ? " " : "");
    }

    private static Llama3WordSplitter ReadSplit(JsonPlace step)
    {
        if (TokenizerJson.TypeOf(step) != "Split") throw TokenizerJson.UnknownType(step, "\"Split\" before a \"ByteLevel\"");
        JsonPlace behavior = step.Required("behavior");
        if (behavior.String() != "Isolated") throw behavior.Unsupported(behavior.Found(), "\"Isolated\"");
        if (step["invert"].Flag()) throw step["invert"].Unsupported("true", "false");
        JsonPlace pattern = step.Required("pattern").Required("Regex");
        return pattern.String() == Llama3WordSplitter.Pattern
            ? new Llama3WordSplitter()
            : throw pattern.Unsupported(pattern.Found(), $"the expression of Llama 3, {Llama3WordSplitter.Pattern}");
    }
}
