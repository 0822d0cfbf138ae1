namespace Transformer.Compiled.Tokenization;

/// <summary>Reads what byte-pair models are made of.</summary>
internal static class VocabularyReader
{
    /// <summary>A bound on token numbers, so that a damaged file cannot ask for gigabytes.</summary>
    private const int MaximumToken = (1 << 24) - 1;

    /// <summary>An object of contents and their tokens.</summary>
    public static Dictionary<string, int> Read(JsonPlace place)
    {
        var vocabulary = new Dictionary<string, int>();
        var owners = new Dictionary<int, string>();
        foreach ((string content, JsonPlace value) in place.Properties())
        {
            int token = Token(value);
            if (!vocabulary.TryAdd(content, token)) throw value.Unsupported($"token {token} of a content that was listed before", "each content once");
            if (!owners.TryAdd(token, content)) throw value.Unsupported($"token {token}, which '{owners[token]}' has too", "one content for each token");
        }

        return vocabulary;
    }

    /// <summary>A token's number.</summary>
    public static int Token(JsonPlace place)
    {
        int token = place.Integer();
        return token <= MaximumToken ? token : throw place.Unsupported(place.Found(), $"a token of at most {MaximumToken}");
    }

    /// <summary>Adds the merge of two contents; <paramref name="error"/> makes the exception, from what was found and what is supported.</summary>
    public static void AddMerge(
        MergeTable merges, Dictionary<string, int> vocabulary, string left, string right, Func<string, string, TokenizerFormatException> error)
    {
        merges.Add(Known(left), Known(right), Known(left + right));

        int Known(string content) => vocabulary.TryGetValue(content, out int token)
            ? token
            : throw error($"a merge of '{left}' and '{right}', and '{content}' is not in the vocabulary", "a merge of two tokens to a third");
    }
}
