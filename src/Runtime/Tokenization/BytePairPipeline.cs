namespace Transformer.Compiled.Tokenization;

/// <summary>All that a byte-pair tokenizer does, in the order in which it does it.</summary>
internal sealed record BytePairPipeline
{
    public required BytePairModel Model { get; init; }

    public required BytePairForm Form { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    public IReadOnlyList<Normalizer> Normalizers { get; init; } = [];

    public TokenTemplate Template { get; init; } = TokenTemplate.Plain;

    public int? PaddingToken { get; init; }

    /// <summary>How contents that are characters are decoded.</summary>
    public CharacterDecoder Decoder { get; init; } = new();

    public string Normalize(string text)
    {
        foreach (Normalizer normalizer in Normalizers) text = normalizer.Apply(text);
        return text;
    }

    /// <summary>The bytes of each token; none for special ones and for numbers that no token has.</summary>
    public byte[][] DecodedTokens()
    {
        int count = Model.Vocabulary.Values.Concat(AddedTokens.Select(token => token.Token)).DefaultIfEmpty(-1).Max() + 1;
        var tokens = new byte[count][];
        Array.Fill(tokens, []);
        foreach ((string content, int token) in Model.Vocabulary) tokens[token] = Decoded(content);
        foreach (AddedToken added in AddedTokens) tokens[added.Token] = added.IsSpecial ? [] : Decoded(added.Content);
        return tokens;
    }

    private byte[] Decoded(string content) => Form is BytePairForm.Bytes ? ByteAlphabet.BytesOf(content) : Decoder.Decoded(content);
}
