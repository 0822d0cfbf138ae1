using System.Text;

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

    /// <summary>What decoding replaces in the content of each token.</summary>
    public IReadOnlyList<Normalizer.Replace> Replacements { get; init; } = [];

    /// <summary>Tokens such as <c>&lt;0x0A&gt;</c> are decoded as bytes.</summary>
    public bool DecodesBytes { get; init; }

    /// <summary>Spaces that decoding takes away from the beginning of a text.</summary>
    public int LeadingSpaces { get; init; }

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

    private byte[] Decoded(string content)
    {
        if (Form is BytePairForm.Bytes) return ByteAlphabet.BytesOf(content);
        foreach (Normalizer.Replace replacement in Replacements) content = replacement.Apply(content);
        return DecodesBytes && BytePairModel.IsByte(content, out byte value) ? [value] : Encoding.UTF8.GetBytes(content);
    }
}
