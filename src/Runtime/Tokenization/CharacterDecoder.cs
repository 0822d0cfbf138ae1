using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>What the contents of tokens that are characters are in a text.</summary>
internal sealed record CharacterDecoder
{
    /// <summary>What is replaced in the content of each token.</summary>
    public IReadOnlyList<Normalizer.Replace> Replacements { get; init; } = [];

    /// <summary>Tokens such as <c>&lt;0x0A&gt;</c> are decoded as bytes.</summary>
    public bool DecodesBytes { get; init; }

    /// <summary>Spaces that decoding takes away from the beginning of a text.</summary>
    public int LeadingSpaces { get; init; }

    public byte[] Decoded(string content)
    {
        foreach (Normalizer.Replace replacement in Replacements) content = replacement.Apply(content);
        return DecodesBytes && BytePairModel.IsByte(content, out byte value) ? [value] : Encoding.UTF8.GetBytes(content);
    }
}
