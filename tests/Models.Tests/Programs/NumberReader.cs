namespace Models.Tests.Programs;

/// <summary>Reads written numbers, knowing nothing of how they are written but the values of words; −1 for what is none.</summary>
internal static class NumberReader
{
    private static readonly Dictionary<string, int> _english = Values(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 0, 1)
        .Concat(Values("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10))
        .ToDictionary(StringComparer.Ordinal);

    public static int English(string text)
    {
        (int total, int group) = (0, 0);
        foreach (string word in text.Split(' ', '-'))
        {
            if (word == "thousand") (total, group) = (1000 * group, 0);
            else if (word == "hundred") group *= 100;
            else if (word != "and") group += _english.GetValueOrDefault(word, int.MinValue / 4);
        }

        return Math.Max(-1, total + group);
    }

    public static int Chinese(string text)
    {
        (int total, int group, int digit) = (0, 0, 0);
        foreach (char character in text)
        {
            int unit = character switch { '十' => 10, '百' => 100, '千' => 1000, _ => 0 };
            int value = character == '两' ? 2 : "零一二三四五六七八九".IndexOf(character, StringComparison.Ordinal);
            if (character == '万') (total, group, digit) = ((group + digit) * 10_000, 0, 0);
            else if (unit > 0) (group, digit) = (group + (Math.Max(1, digit) * unit), 0);
            else if (value >= 0) digit = value;
            else return -1;
        }

        return total + group + digit;
    }

    private static IEnumerable<KeyValuePair<string, int>> Values(string words, int first, int step) =>
        words.Split(' ').Select((word, index) => KeyValuePair.Create(word, first + (index * step)));
}
