using System.Text;
using System.Text.RegularExpressions;

namespace Transformer.Compiled.Metrics;

/// <summary>The tokenisations of sacreBLEU (Post 2018), token by token as that program does them.</summary>
public static partial class BleuTokenizer
{
    /// <summary>The tokens of a text, with one space between them; empty for a text of white space.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tokenisation.</exception>
    public static string Tokenize(string text, BleuTokenization tokenization)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = PythonText.TrimEnd(text);
        return PythonText.JoinWords(tokenization switch
        {
            BleuTokenization.Mteval13a => SplitWestern($" {Plain(trimmed)} "),
            BleuTokenization.Character => SplitCharacters(trimmed),
            BleuTokenization.Chinese => SplitWestern(SplitChinese(PythonText.TrimStart(trimmed))),
            BleuTokenization.WhiteSpace => trimmed,
            _ => throw new ArgumentOutOfRangeException(nameof(tokenization), tokenization, "There is no such tokenisation."),
        });
    }

    /// <summary>Takes away what is not text: marks of skipped segments, hyphens at line ends, and the entities of SGML.</summary>
    private static string Plain(string text) => text
        .Replace("<skipped>", "", StringComparison.Ordinal)
        .Replace("-\n", "", StringComparison.Ordinal)
        .Replace('\n', ' ')
        .Replace("&quot;", "\"", StringComparison.Ordinal)
        .Replace("&amp;", "&", StringComparison.Ordinal)
        .Replace("&lt;", "<", StringComparison.Ordinal)
        .Replace("&gt;", ">", StringComparison.Ordinal);

    /// <summary>The language-dependent part of mteval-v13a, for Western languages: one pass for each rule.</summary>
    private static string SplitWestern(string text)
    {
        text = Symbol().Replace(text, " $1 ");
        text = MarkAfterOther().Replace(text, "$1 $2 ");
        text = MarkBeforeOther().Replace(text, " $1 $2");
        return DashAfterDigit().Replace(text, "$1 $2 ");
    }

    private static string SplitCharacters(string text)
    {
        var result = new StringBuilder(2 * text.Length);
        foreach (Rune rune in text.EnumerateRunes()) result.Append(rune.ToString()).Append(' ');
        return result.ToString();
    }

    private static string SplitChinese(string text)
    {
        var result = new StringBuilder(3 * text.Length);
        foreach (char character in text)
        {
            if (IsChinese(character)) result.Append(' ').Append(character).Append(' ');
            else result.Append(character);
        }
        return result.ToString();
    }

    /// <summary>
    /// sacreBLEU's list. Its ranges '\u20000' to '\u2a6d6' and '\u2f800' to '\u2fa1d' were meant as ideographs beyond U+FFFF, but Python reads four
    /// digits and then a character, so that they are U+2001 to U+2A6D (dashes, curly quotes, mathematics) and U+2F81 to U+2FA1; code points
    /// beyond U+FFFF are not in it. Scores are only comparable if that is kept.
    /// </summary>
    private static bool IsChinese(char character) => character is
        (>= '\u2001' and <= '\u2a6d') // by accident; also has symbols U+2600 to U+27BF
        or (>= '\u2e80' and <= '\u2eff') // radicals supplement
        or (>= '\u2f00' and <= '\u2fdf') // Kangxi radicals
        or (>= '\u2ff0' and <= '\u303f') // description of characters, punctuation
        or (>= '\u3100' and <= '\u312f') // Bopomofo
        or (>= '\u31a0' and <= '\u31bf') // Bopomofo, extended
        or (>= '\u31c0' and <= '\u31ef') // strokes
        or (>= '\u3200' and <= '\u33ff') // enclosed and squared
        or (>= '\u3400' and <= '\u4db5') // ideographs, extension A
        or (>= '\u4e00' and <= '\u9fbb') // ideographs
        or (>= '\uf900' and <= '\ufa2d') or (>= '\ufa30' and <= '\ufa6a') or (>= '\ufa70' and <= '\ufad9') // compatibility ideographs
        or (>= '\ufe10' and <= '\ufe1f') or (>= '\ufe30' and <= '\ufe4f') // vertical forms
        or (>= '\uff00' and <= '\uffef'); // full and half width

    /// <summary>ASCII that is neither letter nor digit, but for the apostrophe, comma, hyphen and full stop.</summary>
    [GeneratedRegex(@"([{-~\[-` -&(-+:-@/])")]
    private static partial Regex Symbol();

    [GeneratedRegex("([^0-9])([.,])")]
    private static partial Regex MarkAfterOther();

    [GeneratedRegex("([.,])([^0-9])")]
    private static partial Regex MarkBeforeOther();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex DashAfterDigit();
}
