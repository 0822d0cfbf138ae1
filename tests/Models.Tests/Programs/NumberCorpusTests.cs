using Transformer.Compiled.Models.Numbers;

namespace Models.Tests.Programs;

public sealed class NumberCorpusTests
{
    [Fact]
    public void TwoThousandNumbersAreHeldOutAndATenthOfTheShortOnes()
    {
        Assert.Equal(2000, HeldOutNumbers.Uniform.Distinct().Count());
        Assert.InRange(HeldOutNumbers.Uniform.Count(number => number >= 500_000), 900, 1100);
        int[] counts = [1, 9, 90, 500, 500, 500];
        for (int digits = 1; digits <= 6; digits++)
        {
            Assert.Equal(counts[digits - 1], HeldOutNumbers.OfLength(digits).Distinct().Count());
            Assert.All(HeldOutNumbers.OfLength(digits), number => Assert.Equal(digits, $"{number}".Length));
            Assert.All(HeldOutNumbers.OfLength(digits), number => Assert.True(HeldOutNumbers.Contains(number)));
        }

        Assert.All(HeldOutNumbers.Uniform, number => Assert.True(HeldOutNumbers.Contains(number)));
    }

    [Fact]
    public void TrainingSeesEveryLengthAndNothingThatIsHeldOut()
    {
        const int Count = 20_000;
        var numbers = new TrainingNumbers(seed: 7);
        int[] lengths = new int[7];
        for (int place = 0; place < Count; place++)
        {
            Assert.False(HeldOutNumbers.Contains(numbers[place]));
            lengths[$"{numbers[place]}".Length]++;
        }

        for (int digits = 1; digits <= 6; digits++) Assert.InRange(lengths[digits], Count * Math.Min(digits, 5) / 20 * 0.9, Count * Math.Min(digits, 5) / 20 * 1.1);
    }

    [Fact]
    public void TrainingSeesRoundNumbers()
    {
        var numbers = new TrainingNumbers(seed: 7);
        int[] seen = [.. Enumerable.Range(0, 20_000).Select(place => numbers[place])];
        Assert.InRange(seen.Count(number => number >= 100_000 && number % 1000 == 0), 100, 300);
        Assert.Contains(seen, number => number >= 100_000 && number % 100_000 == 0);
    }

    [Fact]
    public void ASeedSaysWhichNumbers()
    {
        Assert.Equal(First(seed: 1), First(seed: 1));
        Assert.NotEqual(First(seed: 1), First(seed: 2));

        static int[] First(ulong seed)
        {
            var numbers = new TrainingNumbers(seed);
            return [.. Enumerable.Range(0, 100).Select(place => numbers[place])];
        }
    }

    [Fact]
    public void WordsBecomeTokensHoweverTheyAreJoined()
    {
        int[] tokens = NumberTokens.EncodeEnglish("four thousand and twenty-one");
        Assert.Equal(5, tokens.Length);
        Assert.Equal(tokens, NumberTokens.EncodeEnglish("  Four thousand, and twenty one "));
        Assert.Equal("四千零二十一", NumberTokens.DecodeChinese([NumberTokens.Start, .. NumberTokens.EncodeChinese("四千零二十一"), NumberTokens.End]));
        Assert.Equal((32, 18), (NumberTokens.EnglishCount, NumberTokens.ChineseCount));
    }

    [Fact]
    public void OtherWordsAreNamed()
    {
        string message = Assert.Throws<InvalidDataException>(() => NumberTokens.EncodeEnglish("one hundred and fourty")).Message;
        Assert.StartsWith("'fourty' is not a word of an English number; these are: zero one two", message, StringComparison.Ordinal);
        Assert.Equal("There is no word to translate.", Assert.Throws<InvalidDataException>(() => NumberTokens.EncodeEnglish(" - ")).Message);
    }
}
