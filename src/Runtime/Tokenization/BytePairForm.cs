namespace Transformer.Compiled.Tokenization;

/// <summary>What the symbols of a byte-pair model are.</summary>
internal abstract record BytePairForm
{
    /// <summary>Characters of a text that is one word, as SentencePiece's.</summary>
    public sealed record Characters : BytePairForm;

    /// <summary>Characters of words that begin with a visible space, as in newer files of SentencePiece's models.</summary>
    public sealed record SpacedWords(Metaspace Spaces) : BytePairForm;

    /// <summary>Bytes of the words of a text, as GPT-2's.</summary>
    /// <param name="Words">How the text is split.</param>
    /// <param name="Lead">What is put before a text that does not begin with it (<c>add_prefix_space</c>).</param>
    public sealed record Bytes(WordSplitter Words, string Lead) : BytePairForm;
}
