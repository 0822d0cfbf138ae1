namespace Transformer.Compiled.Models.Numbers;

/// <summary>The numbers that training never sees; the same in every run.</summary>
internal static class HeldOutNumbers
{
    /// <summary>Digits of the longest number.</summary>
    public const int MostDigits = 6;

    private const int UniformCount = 2000;
    private const int MostOfALength = 500;
    private const ulong Seed = 20_20_20;

    private static readonly int[][] _ofLength;
    private static readonly HashSet<int> _all;

    static HeldOutNumbers()
    {
        Uniform = Sample(0, EnglishNumber.Limit, UniformCount, item: 0);
        _ofLength = new int[MostDigits + 1][];
        _all = [.. Uniform];
        for (int digits = 1; digits <= MostDigits; digits++)
        {
            (int first, int end) = RangeOf(digits);
            _ofLength[digits] = Sample(first, end, Math.Min(MostOfALength, (end - first) / 10), item: digits);
            _all.UnionWith(_ofLength[digits]);
        }
    }

    /// <summary>2,000 numbers, each equally likely to be among them.</summary>
    public static IReadOnlyList<int> Uniform { get; }

    /// <summary>500 numbers of that many digits, or a tenth of all if that is less.</summary>
    public static IReadOnlyList<int> OfLength(int digits) => _ofLength[digits];

    public static bool Contains(int number) => _all.Contains(number);

    /// <summary>The first number of so many digits, and the one after the last; 0 has one digit.</summary>
    public static (int First, int End) RangeOf(int digits)
    {
        int end = 1;
        for (int digit = 0; digit < digits; digit++) end *= 10;
        return (digits == 1 ? 0 : end / 10, end);
    }

    private static int[] Sample(int first, int end, int count, int item)
    {
        var draws = new Draws(Seed, item);
        var sample = new SortedSet<int>();
        while (sample.Count < count) sample.Add(first + draws.Below(end - first));
        return [.. sample];
    }
}
