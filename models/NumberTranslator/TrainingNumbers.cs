namespace Transformer.Compiled.Models.Numbers;

/// <summary>
/// The numbers to train on, an endless sequence given by its seed. How many digits a number has is drawn first, so that short ones, of which
/// there are few, are learnt too; then every number of that length that is not held out is equally likely.
/// </summary>
internal readonly struct TrainingNumbers(ulong seed)
{
    /// <summary>Of 20 numbers, how many have 1, 2, … digits.</summary>
    private static readonly int[] _shares = [1, 2, 3, 4, 5, 5];

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
                if (!HeldOutNumbers.Contains(number)) return number;
            }
        }
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
