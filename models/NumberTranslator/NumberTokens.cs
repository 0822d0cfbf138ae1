namespace Transformer.Compiled.Models.Numbers;

/// <summary>The tokens of both sides: English word by word, Chinese character by character. Token 0 fills up what is shorter than its place.</summary>
internal static class NumberTokens
{
    /// <summary>Before every Chinese number.</summary>
    public const int Start = 1;

    /// <summary>After every Chinese number.</summary>
    public const int End = 2;

    private static readonly Vocabulary _english = new(1, EnglishNumber.Vocabulary);
    private static readonly Vocabulary _chinese = new(3, ChineseNumber.Alphabet.Select(character => character.ToString()));

    /// <summary>The number of tokens of the English side.</summary>
    public static int EnglishCount => _english.Count;

    /// <summary>The number of tokens of the Chinese side.</summary>
    public static int ChineseCount => _chinese.Count;

    /// <summary>The words of a text; hyphens and commas end one, as spaces do.</summary>
    public static string[] Words(string text) => text.Split((char[])[' ', '-', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <exception cref="InvalidDataException">There is no word, or one that is not a number's.</exception>
    public static int[] EncodeEnglish(string text)
    {
        string[] words = Words(text);
        if (words.Length == 0) throw new InvalidDataException("There is no word to translate.");
        return Array.ConvertAll(words, word => _english.Find(word.ToLowerInvariant())
            ?? throw new InvalidDataException($"'{word}' is not a word of an English number; these are: {string.Join(' ', EnglishNumber.Vocabulary)}."));
    }

    /// <summary>The tokens of a number's characters, without those before and after it.</summary>
    public static int[] EncodeChinese(string number) => [.. number.Select(character => _chinese.Find(character.ToString())!.Value)];

    public static string DecodeChinese(ReadOnlySpan<int> tokens) => _chinese.Decode(tokens);
}
