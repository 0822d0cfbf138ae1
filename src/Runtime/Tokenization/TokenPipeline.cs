namespace Transformer.Compiled.Tokenization;

/// <summary>All that a <see cref="PipelineTokenizer"/> does, in the order in which it does it.</summary>
internal sealed record TokenPipeline
{
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    public IReadOnlyList<Normalizer> Normalizers { get; init; } = [];

    public required WordCutter Cutter { get; init; }

    /// <summary>What makes spaces visible, and then cuts in the place of <see cref="Cutter"/>; null for none.</summary>
    public Metaspace? Metaspace { get; init; }

    public required TokenModel Model { get; init; }

    public TokenTemplate Template { get; init; } = TokenTemplate.Plain;

    public int? PaddingToken { get; init; }

    /// <summary>Contents and their tokens, without added tokens that are not in the vocabulary.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>What a token's content is in a decoded text.</summary>
    public required Func<string, byte[]> Decoded { get; init; }

    /// <summary>Spaces that decoding takes away from the beginning of a text.</summary>
    public required int LeadingSpaces { get; init; }

    public string Normalize(string text)
    {
        foreach (Normalizer normalizer in Normalizers) text = normalizer.Apply(text);
        return text;
    }

    /// <summary>The bytes of each token; none for special ones and for numbers that no token has.</summary>
    public byte[][] DecodedTokens()
    {
        int count = Vocabulary.Values.Concat(AddedTokens.Select(token => token.Token)).DefaultIfEmpty(-1).Max() + 1;
        var tokens = new byte[count][];
        Array.Fill(tokens, []);
        foreach ((string content, int token) in Vocabulary) tokens[token] = Decoded(content);
        foreach (AddedToken added in AddedTokens) tokens[added.Token] = added.IsSpecial ? [] : Decoded(added.Content);
        return tokens;
    }
}
