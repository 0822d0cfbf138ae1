namespace Transformer.Compiled.Training;

/// <summary>
/// The order of a data set's examples in each epoch: a permutation that depends on seed and epoch alone, each of all orders equally likely
/// (Fisher and Yates 1938, by Durstenfeld 1964), so a run can be resumed anywhere. Keeps one epoch's order.
/// </summary>
public sealed class DataShuffle
{
    private readonly int[] _order;
    private readonly ulong _seed;
    private long _epoch = -1;

    /// <param name="count">Examples of an epoch, at least one.</param>
    /// <param name="seed">The key of the draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is not positive.</exception>
    public DataShuffle(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _order = new int[count];
        _seed = seed;
    }

    /// <summary>Examples of an epoch.</summary>
    public int Count => _order.Length;

    /// <summary>The example at a place of the endless run of epochs: it is in epoch ⌊place / <see cref="Count"/>⌋.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The place is negative.</exception>
    public int this[long place]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(place);
            return Epoch(place / Count)[(int)(place % Count)];
        }
    }

    /// <summary>The examples in the order of an epoch, [<see cref="Count"/>]; valid until another epoch is asked for.</summary>
    /// <param name="epoch">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative.</exception>
    public ReadOnlySpan<int> Epoch(long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        if (epoch == _epoch) return _order;
        Fill(_order, _seed, epoch);
        _epoch = epoch;
        return _order;
    }

    private static void Fill(Span<int> order, ulong seed, long epoch)
    {
        var draws = new DataDraws(DataDraws.Shuffling, seed, epoch);
        for (int index = 0; index < order.Length; index++)
        {
            int other = draws.Below(index + 1);
            order[index] = order[other];
            order[other] = index;
        }
    }
}
