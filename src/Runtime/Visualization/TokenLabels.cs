using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Visualization;

/// <summary>Texts of single tokens, for the axes of pictures.</summary>
public static class TokenLabels
{
    /// <summary>
    /// What each token adds to a text; its bytes in hexadecimal where they are only a part of a character; its id in brackets where it adds
    /// nothing, as special tokens do.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary.</exception>
    public static string[] Of(ITokenizer tokenizer, ReadOnlySpan<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var labels = new string[tokens.Length];
        for (int i = 0; i < tokens.Length; i++) labels[i] = Of(tokenizer, tokens[i]);
        return labels;
    }

    /// <summary>The ids themselves.</summary>
    public static string[] Of(ReadOnlySpan<int> tokens)
    {
        var labels = new string[tokens.Length];
        for (int i = 0; i < tokens.Length; i++) labels[i] = tokens[i].ToString(CultureInfo.InvariantCulture);
        return labels;
    }

    private static string Of(ITokenizer tokenizer, int token)
    {
        ReadOnlySpan<byte> bytes = tokenizer.BytesOf(token);
        if (bytes.IsEmpty) return string.Create(CultureInfo.InvariantCulture, $"[{token}]");
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : $"0x{Convert.ToHexString(bytes)}";
    }
}
