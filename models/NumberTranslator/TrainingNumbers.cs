namespace Transformer.Compiled.Models.Numbers;

/// <summary>
/// The numbers to train on, an endless sequence given by its seed. How many digits a number has is drawn first, so that short ones, of which
/// there are few, are learnt too; then every number of that length that is not held out is equally likely. One in four has zeros put in place
/// of digits after its first, so that round numbers, of which there are few as well, are learnt.
/// </summary>
internal readonly struct TrainingNumbers(ulong seed)
{
    /// <summary>Of 20 numbers, how many have 1, 2, … digits.</summary>
    private static readonly int[] _shares = [1, 2, 3, 4, 5, 5];

    private const int RoundInterval = 4;

    /// <summary>The number at a place of the sequence.</summary>
    public int this[long place]
    {
        get
        {
            var draws = new Draws(seed, place);
            while (true)
            {
                (int first, int end) = HeldOutNumbers.RangeOf(Digits(draws.Below(_shares.Sum())));
                int number = first + draws.Below(end - first);
                if (draws.Below(RoundInterval) == 0) number = Rounded(number, first, ref draws);
                if (!HeldOutNumbers.Contains(number)) return number;
            }
        }
    }

    /// <summary>Puts zeros in place of half of the digits after the first.</summary>
    private static int Rounded(int number, int first, ref Draws draws)
    {
        int rounded = number;
        for (int unit = 1; unit < first; unit *= 10)
        {
            if (draws.Below(2) == 0) rounded -= number / unit % 10 * unit;
        }

        return rounded;
    }

    private static int Digits(int draw)
    {
        int digits = 1;
        foreach (int share in _shares)
        {
            if (draw < share) break;
            draw -= share;
            digits++;
        }

        return digits;
    }
}
