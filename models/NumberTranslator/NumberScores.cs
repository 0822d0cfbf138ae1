using Transformer.Compiled.Metrics;

namespace Transformer.Compiled.Models.Numbers;

/// <summary>How many numbers that training has not seen are translated exactly.</summary>
/// <param name="Uniform">Of 2,000 numbers, each equally likely.</param>
/// <param name="OfLength">Of numbers of 1, 2, … digits.</param>
internal sealed record NumberScores(ExactMatch Uniform, IReadOnlyList<ExactMatch> OfLength)
{
    public static NumberScores Of(NumberSearch search) => new(
        Match(search, HeldOutNumbers.Uniform),
        [.. Enumerable.Range(1, HeldOutNumbers.MostDigits).Select(digits => Match(search, HeldOutNumbers.OfLength(digits)))]);

    public static ExactMatch Match(NumberSearch search, IEnumerable<int> numbers)
    {
        var match = new ExactMatch();
        foreach (int number in numbers) match.Add(search.Translate(EnglishNumber.Of(number)), ChineseNumber.Of(number));
        return match;
    }
}
