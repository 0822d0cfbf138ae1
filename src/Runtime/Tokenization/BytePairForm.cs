namespace Transformer.Compiled.Tokenization;

/// <summary>What the symbols of a byte-pair model are.</summary>
internal enum BytePairForm
{
    /// <summary>Characters of a text that is one word, as SentencePiece's.</summary>
    Characters,

    /// <summary>Bytes of the words of a text, as GPT-2's.</summary>
    Bytes,

    /// <summary>The same, with a space before a text that does not begin with one (<c>add_prefix_space</c>).</summary>
    BytesAfterSpace,
}
