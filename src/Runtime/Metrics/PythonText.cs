using System.Text;

namespace Transformer.Compiled.Metrics;

/// <summary>White space as Python sees it, by which the reference implementations of BLEU and of SQuAD's scores split texts.</summary>
internal static class PythonText
{
    /// <summary>As str.isspace: .NET's white space, and the four separators of ASCII.</summary>
    public static bool IsWhiteSpace(char character) => char.IsWhiteSpace(character) || character is >= '\u001c' and <= '\u001f';

    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsWhiteSpace(text[end - 1])) end--;
        return text[..end];
    }

    public static string TrimStart(string text)
    {
        int start = 0;
        while (start < text.Length && IsWhiteSpace(text[start])) start++;
        return text[start..];
    }

    /// <summary>The words of a text, with one space between them.</summary>
    public static string JoinWords(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (IsWhiteSpace(text[i])) continue;
            if (result.Length > 0 && IsWhiteSpace(text[i - 1])) result.Append(' ');
            result.Append(text[i]);
        }
        return result.ToString();
    }

    /// <summary>The numbers of the words of a text with one space between them.</summary>
    public static List<int> Words(string text, NGramMatcher numbers)
    {
        var words = new List<int>();
        foreach (Range range in text.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> word = text.AsSpan(range);
            if (word.Length > 0) words.Add(numbers.Word(word));
        }
        return words;
    }
}
