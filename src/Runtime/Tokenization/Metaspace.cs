namespace Transformer.Compiled.Tokenization;

/// <summary>Before which texts a <see cref="Metaspace"/> puts a space.</summary>
internal enum MetaspacePrefix
{
    /// <summary>None.</summary>
    Never,

    /// <summary>That with which the whole text begins, but not those after added tokens.</summary>
    First,

    /// <summary>Every text between added tokens.</summary>
    Always,

    /// <summary>Every word between white space, which is left out (a <c>WhitespaceSplit</c> before it).</summary>
    EachWord,
}

/// <summary>Hugging Face's <c>Metaspace</c>: spaces become a visible character, and words begin with it.</summary>
/// <param name="Space">The character.</param>
/// <param name="Prefix">Where one is put that the text has not.</param>
/// <param name="Words">How the text is cut: into words, or not at all.</param>
internal sealed record Metaspace(char Space, MetaspacePrefix Prefix, WordCutter Words)
{
    /// <summary>The text with visible spaces.</summary>
    /// <param name="text">A text between added tokens.</param>
    /// <param name="isFirst">Whether nothing stands before it.</param>
    public string Apply(ReadOnlySpan<char> text, bool isFirst)
    {
        if (text.IsEmpty) return "";
        if (Prefix == MetaspacePrefix.EachWord)
        {
            string[] words = text.ToString().Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
            return string.Concat(words.Select(Begun));
        }

        string spaced = text.ToString().Replace(' ', Space);
        return Prefix == MetaspacePrefix.Always || (Prefix == MetaspacePrefix.First && isFirst) ? Begun(spaced) : spaced;
    }

    private string Begun(string text) => text[0] == Space ? text : Space + text;
}
