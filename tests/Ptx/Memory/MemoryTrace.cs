namespace Transformer.Compiled.Ptx;

/// <summary>Counts what a request of a warp costs.</summary>
internal static unsafe class MemoryTrace
{
    private const int Banks = 32;

    /// <summary>Sectors of 32 bytes and lines of 128 bytes of device memory.</summary>
    public static void Global(Warp warp, uint mask, ulong* addresses)
    {
        GlobalSectors(warp, mask, addresses);
        warp.Counters.Requests[warp.Position]++;
    }

    /// <summary>The same for a request that has been counted for shared memory.</summary>
    public static void GlobalSectors(Warp warp, uint mask, ulong* addresses)
    {
        var counters = warp.Counters;
        ulong* seen = stackalloc ulong[Warp.Lanes];
        counters.Sectors[warp.Position] += Distinct(mask, addresses, 5, seen);
        counters.Lines[warp.Position] += Distinct(mask, addresses, 7, seen);
    }

    /// <summary>
    /// Passes over the banks, each 4 bytes wide. Requests of 8 or 16 bytes to a lane are served by half or quarter warps; lanes that want the same word share it.
    /// </summary>
    public static void Shared(Warp warp, uint mask, ulong* addresses, int bytes)
    {
        int words = Math.Max(1, bytes / 4), group = Warp.Lanes / words;
        var counters = warp.Counters;
        for (int first = 0; first < Warp.Lanes; first += group)
        {
            uint lanes = mask & (group == 32 ? uint.MaxValue : ((1u << group) - 1) << first);
            if (lanes == 0) continue;
            counters.Wavefronts[warp.Position] += Passes(lanes, addresses, words);
            counters.IdealWavefronts[warp.Position]++;
        }

        counters.Requests[warp.Position]++;
    }

    private static int Distinct(uint mask, ulong* addresses, int shift, ulong* seen)
    {
        int count = 0;
        for (; mask != 0; mask &= mask - 1)
        {
            ulong address = addresses[int.TrailingZeroCount((int)mask)] >> shift;
            bool isNew = true;
            for (int index = count - 1; index >= 0 && isNew; index--) isNew = seen[index] != address;
            if (isNew) seen[count++] = address;
        }

        return count;
    }

    private static int Passes(uint lanes, ulong* addresses, int words)
    {
        ulong* seen = stackalloc ulong[Warp.Lanes * Banks];
        int* count = stackalloc int[Banks];
        new Span<int>(count, Banks).Clear();
        int most = 1;
        for (; lanes != 0; lanes &= lanes - 1)
        {
            ulong first = addresses[int.TrailingZeroCount((int)lanes)] >> 2;
            for (ulong word = first; word < first + (ulong)words; word++)
            {
                int bank = (int)(word % Banks);
                bool isNew = true;
                for (int index = count[bank] - 1; index >= 0 && isNew; index--) isNew = seen[(bank * Warp.Lanes) + index] != word;
                if (!isNew) continue;
                seen[(bank * Warp.Lanes) + count[bank]++] = word;
                most = Math.Max(most, count[bank]);
            }
        }

        return most;
    }
}
