namespace Transformer.Compiled.Models.Numbers;

/// <summary>
/// Numbers in English words: <c>three hundred and five thousand and forty</c>. "And" stands before a part below a hundred that has something
/// before it, inside each group of three digits and after "thousand".
/// </summary>
internal static class EnglishNumber
{
    /// <summary>Numbers are below this.</summary>
    public const int Limit = 1_000_000;

    private static readonly string[] _small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] _tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>Every word that a number may have, a hyphen taken as the end of one.</summary>
    public static IReadOnlyList<string> Vocabulary { get; } = [.. _small, .. _tens, "hundred", "thousand", "and"];

    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not below <see cref="Limit"/>.</exception>
    public static string Of(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Limit);
        if (number == 0) return _small[0];
        List<string> words = [];
        AddGroup(words, number / 1000);
        if (number >= 1000) words.Add("thousand");
        AddGroup(words, number % 1000);
        return string.Join(' ', words);
    }

    private static void AddGroup(List<string> words, int group)
    {
        if (group >= 100) words.AddRange([_small[group / 100], "hundred"]);
        int rest = group % 100;
        if (rest == 0) return;
        if (words.Count > 0) words.Add("and");
        words.Add(rest < 20 ? _small[rest] : rest % 10 == 0 ? _tens[rest / 10 - 2] : $"{_tens[rest / 10 - 2]}-{_small[rest % 10]}");
    }
}
