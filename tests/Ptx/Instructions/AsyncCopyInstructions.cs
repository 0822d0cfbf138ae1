namespace Transformer.Compiled.Ptx;

/// <summary><c>cp.async</c> and its groups.</summary>
internal static class AsyncCopyInstructions
{
    public static void AddTo(Dictionary<string, Decoder> decoders) => decoders["cp"] = Copy;

    private static Operation Copy(Decoding decoding)
    {
        decoding.TakeOne("async");
        switch (decoding.TakeOne("ca", "cg", "commit_group", "wait_group", "wait_all"))
        {
            case "commit_group":
                return new CommitCopies();
            case "wait_group":
                return new WaitForCopies((int)decoding.Constant(0, 0, int.MaxValue));
            case "wait_all":
                return new WaitForCopies(-1);
            case "cg":
                return Begin(decoding, 16, 16);
            default:
                return Begin(decoding, 4, 16);
        }
    }

    private static BeginCopyOperation Begin(Decoding decoding, int least, int most)
    {
        decoding.TakeOne("shared", "shared::cta");
        decoding.TakeOne("global");
        decoding.TakeAny("L2::64B", "L2::128B", "L2::256B");
        var target = MemoryInstructions.Address(decoding, 0, PtxSpace.Shared);
        var source = MemoryInstructions.Address(decoding, 1, PtxSpace.Global);
        int bytes = (int)decoding.Constant(2, least, most);
        if (bytes is not (4 or 8 or 16)) throw decoding.Error($"found the size {bytes}, expected 4, 8 or 16");
        return new BeginCopyOperation(target, new CopySource(source), bytes, decoding.OperandCount > 3 ? decoding.Source(3, PtxType.U32) : -1);
    }
}

/// <summary>The address that a copy reads.</summary>
internal sealed unsafe class CopySource(LaneAddress address) : MemoryOperation(PtxSpace.Global, address, 4, 1)
{
    public ulong Address(Warp warp, int lane) => AddressOf(warp, lane);

    /// <summary>A pointer to the bytes; null if there are none to read.</summary>
    public byte* Read(Warp warp, int lane, int bytes) => bytes == 0 ? null : GlobalPointer(warp, lane, AddressOf(warp, lane), bytes, AccessKind.Read);

    public override void Execute(Warp warp, uint mask) => throw new NotSupportedException();
}

/// <summary><c>cp.async</c>: from device to shared memory; what the source does not fill becomes zero.</summary>
internal sealed unsafe class BeginCopyOperation(LaneAddress target, CopySource source, int bytes, int sourceBytes) : MemoryOperation(PtxSpace.Shared, target, Math.Min(bytes, 4), 1)
{
    public override void BeginLaunch()
    {
        base.BeginLaunch();
        source.BeginLaunch();
    }

    public override void Execute(Warp warp, uint mask)
    {
        ulong* from = stackalloc ulong[Warp.Lanes], to = stackalloc ulong[Warp.Lanes];
        uint reading = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            from[lane] = source.Address(warp, lane);
            to[lane] = AddressOf(warp, lane);
            int filled = sourceBytes < 0 ? bytes : (int)Lane.Get<uint>(warp.Registers + sourceBytes, lane);
            if ((uint)filled > (uint)bytes) throw new LaneFault(lane, $"copies {(uint)filled} bytes into {bytes}");
            if (from[lane] % (ulong)bytes != 0) throw new LaneFault(lane, $"copies {bytes} bytes from 0x{from[lane]:X}, which is not a multiple of {bytes}");
            if (to[lane] % (ulong)bytes != 0) throw new LaneFault(lane, $"copies {bytes} bytes to shared memory at {to[lane]}, which is not a multiple of {bytes}");
            if (filled > 0) reading |= 1u << lane;
            SharedPointer(warp, lane, to[lane], bytes, AccessKind.BeginCopy);
            warp.Copies.Begin(lane, (int)to[lane], source.Read(warp, lane, filled), filled, bytes);
        }

        if (!warp.Counters.TracesMemory) return;
        MemoryTrace.Shared(warp, mask, to, bytes);
        if (reading != 0) MemoryTrace.GlobalSectors(warp, reading, from, bytes);
    }
}

/// <summary><c>cp.async.commit_group</c>.</summary>
internal sealed class CommitCopies : Operation
{
    public override void Execute(Warp warp, uint mask) => warp.Copies.Commit(mask);
}

/// <summary><c>cp.async.wait_group</c>; -1 for <c>wait_all</c>.</summary>
internal sealed class WaitForCopies(int allowed) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        if (allowed < 0) warp.Copies.WaitForAll(mask);
        else warp.Copies.WaitForGroups(mask, allowed);
    }
}
