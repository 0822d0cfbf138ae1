namespace Transformer.Compiled.Ptx;

/// <summary>Counts what a request of a warp costs.</summary>
internal static unsafe class MemoryTrace
{
    private const int Banks = 32;

    /// <summary>Sectors of 32 bytes and lines of 128 bytes of device memory.</summary>
    public static void Global(Warp warp, uint mask, ulong* addresses, int bytes)
    {
        GlobalSectors(warp, mask, addresses, bytes);
        warp.Counters.Requests[warp.Position]++;
    }

    /// <summary>The same for a request that has been counted for shared memory.</summary>
    public static void GlobalSectors(Warp warp, uint mask, ulong* addresses, int bytes)
    {
        var counters = warp.Counters;
        if (AreConsecutive(mask, addresses, (ulong)bytes))
        {
            ulong last = addresses[Warp.Lanes - 1] + (ulong)bytes - 1;
            counters.Sectors[warp.Position] += (long)((last >> 5) - (addresses[0] >> 5)) + 1;
            counters.Lines[warp.Position] += (long)((last >> 7) - (addresses[0] >> 7)) + 1;
            return;
        }

        ulong* seen = stackalloc ulong[Warp.Lanes];
        counters.Sectors[warp.Position] += Distinct(mask, addresses, 5, seen);
        counters.Lines[warp.Position] += Distinct(mask, addresses, 7, seen);
    }

    /// <summary>Whether all lanes access memory, each next to the lane before.</summary>
    private static bool AreConsecutive(uint mask, ulong* addresses, ulong bytes)
    {
        if (mask != Warp.All) return false;
        for (int lane = 1; lane < Warp.Lanes; lane++)
            if (addresses[lane] != addresses[lane - 1] + bytes) return false;
        return true;
    }

    /// <summary>
    /// Passes over the banks, each 4 bytes wide. Requests of 8 or 16 bytes to a lane are served by half or quarter warps; lanes that want the same word share it.
    /// </summary>
    public static void Shared(Warp warp, uint mask, ulong* addresses, int bytes)
    {
        int words = Math.Max(1, bytes / 4), group = Warp.Lanes / words;
        var counters = warp.Counters;
        counters.Requests[warp.Position]++;
        if (bytes >= 4 && AreConsecutive(mask, addresses, (ulong)bytes))
        {
            counters.Wavefronts[warp.Position] += words;
            counters.IdealWavefronts[warp.Position] += words;
            return;
        }

        for (int first = 0; first < Warp.Lanes; first += group)
        {
            uint lanes = mask & (group == 32 ? uint.MaxValue : ((1u << group) - 1) << first);
            if (lanes == 0) continue;
            counters.Wavefronts[warp.Position] += Passes(lanes, addresses, words);
            counters.IdealWavefronts[warp.Position]++;
        }
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
