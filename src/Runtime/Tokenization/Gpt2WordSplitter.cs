namespace Transformer.Compiled.Tokenization;

/// <summary>GPT-2's words: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
internal sealed class Gpt2WordSplitter : WordSplitter
{
    public override int FirstWord(ReadOnlySpan<char> text)
    {
        int contraction = Contraction(text);
        if (contraction > 0) return contraction;

        int lead = text is [' ', _, ..] ? 1 : 0;
        Kind kind = KindAt(text[lead..], out _);
        return kind == Kind.Space ? Spaces(text) : lead + RunOf(kind, text[lead..]);
    }
}
