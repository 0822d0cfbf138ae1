using Transformer.Compiled.Models.Numbers;

namespace Models.Tests.Programs;

public sealed class NumberTests
{
    [Theory]
    [InlineData(0, "zero", "零")]
    [InlineData(2, "two", "二")]
    [InlineData(10, "ten", "十")]
    [InlineData(12, "twelve", "十二")]
    [InlineData(20, "twenty", "二十")]
    [InlineData(21, "twenty-one", "二十一")]
    [InlineData(112, "one hundred and twelve", "一百一十二")]
    [InlineData(200, "two hundred", "二百")]
    [InlineData(706, "seven hundred and six", "七百零六")]
    [InlineData(1_010, "one thousand and ten", "一千零一十")]
    [InlineData(2_000, "two thousand", "两千")]
    [InlineData(4_021, "four thousand and twenty-one", "四千零二十一")]
    [InlineData(20_000, "twenty thousand", "两万")]
    [InlineData(20_300, "twenty thousand three hundred", "两万零三百")]
    [InlineData(22_222, "twenty-two thousand two hundred and twenty-two", "两万两千二百二十二")]
    [InlineData(100_005, "one hundred thousand and five", "十万零五")]
    [InlineData(120_000, "one hundred and twenty thousand", "十二万")]
    [InlineData(220_000, "two hundred and twenty thousand", "二十二万")]
    [InlineData(305_040, "three hundred and five thousand and forty", "三十万五千零四十")]
    [InlineData(999_999, "nine hundred and ninety-nine thousand nine hundred and ninety-nine", "九十九万九千九百九十九")]
    public void BothLanguagesWriteIt(int number, string english, string chinese)
    {
        Assert.Equal(english, EnglishNumber.Of(number));
        Assert.Equal(chinese, ChineseNumber.Of(number));
    }

    [Fact]
    public void EveryNumberIsReadBack()
    {
        for (int number = 0; number < EnglishNumber.Limit; number++)
        {
            if (NumberReader.English(EnglishNumber.Of(number)) != number) Assert.Fail($"{number} is '{EnglishNumber.Of(number)}'.");
            if (NumberReader.Chinese(ChineseNumber.Of(number)) != number) Assert.Fail($"{number} is '{ChineseNumber.Of(number)}'.");
        }
    }

    /// <summary>The same numerals by rewriting: every digit with its unit, then the rules one after another.</summary>
    [Fact]
    public void EveryChineseNumberFollowsTheRules()
    {
        for (int number = 1; number < EnglishNumber.Limit; number++)
        {
            string low = Digits(number % 10_000).TrimEnd('零');
            string high = number < 10_000 ? "" : Digits(number / 10_000).Trim('零') + "万";
            string expected = (high + low).TrimStart('零').Replace("二千", "两千", StringComparison.Ordinal);
            if (expected.StartsWith("一十", StringComparison.Ordinal)) expected = expected[1..];
            if (expected.StartsWith("二万", StringComparison.Ordinal)) expected = "两" + expected[1..];
            if (expected != ChineseNumber.Of(number)) Assert.Fail($"{number} is '{ChineseNumber.Of(number)}', not '{expected}'.");
        }

        static string Digits(int group)
        {
            const string Names = "零一二三四五六七八九";
            string all = $"{Names[group / 1000]}千{Names[group / 100 % 10]}百{Names[group / 10 % 10]}十{Names[group % 10]}";
            foreach (string unit in (string[])["千", "百", "十"]) all = all.Replace("零" + unit, "零", StringComparison.Ordinal);
            while (all.Contains("零零", StringComparison.Ordinal)) all = all.Replace("零零", "零", StringComparison.Ordinal);
            return all;
        }
    }

    [Fact]
    public void AndStandsBeforeEveryPartBelowAHundredThatSomethingComesBefore()
    {
        for (int number = 0; number < EnglishNumber.Limit; number += 7)
        {
            (int thousands, int rest) = (number / 1000, number % 1000);
            int expected = (thousands > 100 && thousands % 100 > 0 ? 1 : 0) + (number > 100 && rest % 100 > 0 ? 1 : 0);
            Assert.Equal(expected, EnglishNumber.Of(number).Split(' ').Count(word => word == "and"));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void OtherNumbersHaveNoWords(int number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EnglishNumber.Of(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChineseNumber.Of(number));
    }
}
