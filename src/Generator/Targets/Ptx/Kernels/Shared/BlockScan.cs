namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Sums of integers over the threads of a block, in the order of the threads, and so over tables with an element for each of them. All threads
/// take part. Shared memory is that of the instance: a barrier lies between two uses.
/// </summary>
internal sealed class BlockScan
{
    private const int WarpSize = 32;
    private readonly PtxBuilder _k;
    private readonly int _warps;
    private readonly SharedAddress _ofWarps;
    private readonly SharedLongs _longs;

    /// <param name="k">The kernel; its blocks are whole warps.</param>
    /// <param name="name">Of the shared array.</param>
    /// <param name="values">How many values are summed at once.</param>
    public BlockScan(PtxBuilder k, string name, int values)
    {
        _k = k;
        _warps = k.Threads / WarpSize;
        _ofWarps = k.Shared(name, 2 * values * _warps);
        _longs = new SharedLongs(k, _warps);
        Lane = k.And(k.Thread, WarpSize - 1);
        Warp = k.ShiftRight(k.Thread, 5);
    }

    public U32 Lane { get; }

    public U32 Warp { get; }

    /// <summary>The sum of each value over all threads, known to all.</summary>
    public U64[] Totals(params U64[] values)
    {
        Meet(Inclusive(values));
        return [.. Inclusive(OfWarps(values.Length)).Select(sum => _k.ShuffleIndex(sum, WarpSize - 1))];
    }

    /// <summary>The sum of each value over the threads before this one.</summary>
    public U64[] Before(params U64[] values) => BeforeAndThrough(values).Before;

    /// <summary>The sum of a value over the threads before this one, and over all.</summary>
    public (U64 Before, U64 Total) BeforeAndTotal(U64 value)
    {
        (U64[] before, U64[] through) = BeforeAndThrough([value]);
        return (before[0], _k.ShuffleIndex(through[0], WarpSize - 1));
    }

    /// <summary>The first warp with which the sum over warps exceeds a target, what the warps before it sum to, and what all do.</summary>
    /// <param name="value">The value that is summed.</param>
    /// <param name="targetOf">From the sum of all, the target, which is below it.</param>
    public (U32 Warp, U64 Before, U64 Target) FirstWarp(U64 value, Func<U64, U64> targetOf)
    {
        PtxBuilder k = _k;
        Meet(Inclusive([value]));
        U64 ofWarp = OfWarps(1)[0], inclusive = Inclusive([ofWarp])[0], before = k.Subtract(inclusive, ofWarp);
        U64 target = targetOf(k.ShuffleIndex(inclusive, WarpSize - 1));
        U32 warp = k.TrailingZeros(k.Ballot(IsWithin(k, target, before, ofWarp)));
        return (warp, k.ShuffleIndex(before, warp), target);
    }

    /// <summary>Whether before ≤ target and target is below before + amount; all are below 2^63.</summary>
    public static Predicate IsWithin(PtxBuilder k, U64 target, U64 before, U64 amount) => k.Less(k.Subtract(target, before), amount);

    /// <summary>And the sums over the warps through a lane's.</summary>
    private (U64[] Before, U64[] Through) BeforeAndThrough(U64[] values)
    {
        U64[] inclusive = Inclusive(values);
        Meet(inclusive);
        U64[] ofWarps = OfWarps(values.Length), through = Inclusive(ofWarps);
        U64[] before = [.. values.Select((value, number) =>
            _k.Add(_k.ShuffleIndex(_k.Subtract(through[number], ofWarps[number]), Warp), _k.Subtract(inclusive[number], value)))];
        return (before, through);
    }

    /// <summary>The sums over the lanes through this one.</summary>
    private U64[] Inclusive(U64[] values)
    {
        U64[] sums = [.. values.Select(value => _k.Variable(value))];
        _k.ForPowersOfTwo(WarpSize, distance =>
        {
            Predicate hasLower = _k.AtLeast(Lane, distance);
            foreach (U64 sum in sums) _k.AddTo(sum, _k.Select(hasLower, _k.ShuffleUp(sum, distance), 0UL));
        });
        return sums;
    }

    /// <summary>What the last lane of each warp holds is seen by all.</summary>
    private void Meet(U64[] values)
    {
        _k.If(_k.AreEqual(Lane, WarpSize - 1), () =>
        {
            SharedAddress own = _k.Element(_ofWarps, Warp);
            for (int number = 0; number < values.Length; number++) _longs.Store(own.Plus(2 * number * _warps), values[number]);
        });
        _k.Barrier();
    }

    /// <summary>Each value of the warp with the number of this lane.</summary>
    private U64[] OfWarps(int count)
    {
        SharedAddress first = _k.Element(_ofWarps, Lane);
        Predicate? isThere = _warps == WarpSize ? null : _k.Less(Lane, _warps);
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            SharedAddress low = first.Plus(2 * number * _warps);
            return isThere is { } guard ? _longs.LoadOrZero(low, guard) : _longs.Load(low);
        })];
    }
}
