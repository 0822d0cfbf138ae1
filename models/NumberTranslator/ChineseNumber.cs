using System.Text;

namespace Transformer.Compiled.Models.Numbers;

/// <summary>
/// Numbers in Chinese numerals: <c>三十万五千零四十</c>. Two is 两 before 千 and where it stands alone before 万, else 二; ten to nineteen begin with
/// 十, and with 一十 after a higher digit; a run of zeros between digits is one 零, but for those that end the group before 万.
/// </summary>
internal static class ChineseNumber
{
    private const string Digits = "零一二三四五六七八九";
    private const int Myriad = 10_000;

    private static readonly (int Value, string Name)[] _units = [(1000, "千"), (100, "百"), (10, "十"), (1, "")];

    /// <summary>Every character that a number may have.</summary>
    public static string Alphabet => Digits + "两十百千万";

    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not below <see cref="EnglishNumber.Limit"/>.</exception>
    public static string Of(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, EnglishNumber.Limit);
        if (number == 0) return Digits[..1];
        var text = new StringBuilder();
        int myriads = number / Myriad;
        if (myriads == 2) text.Append('两');
        else AddGroup(text, myriads);
        if (myriads > 0) text.Append('万');
        AddGroup(text, number % Myriad);
        return text.ToString();
    }

    /// <summary>Appends a group of up to four digits; nothing for 0.</summary>
    private static void AddGroup(StringBuilder text, int group)
    {
        bool isAfterZero = false;
        foreach ((int value, string name) in _units)
        {
            int digit = group / value % 10;
            bool isFirst = text.Length == 0;
            if (digit != 0)
            {
                if (isAfterZero && !isFirst) text.Append(Digits[0]);
                text.Append((value, digit, isFirst) switch
                {
                    (1000, 2, _) => "两",
                    (10, 1, true) => "",
                    _ => Digits[digit..(digit + 1)],
                });
                text.Append(name);
            }

            isAfterZero = digit == 0;
        }
    }
}
