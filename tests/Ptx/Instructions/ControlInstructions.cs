namespace Transformer.Compiled.Ptx;

/// <summary>Branches, exits, barriers, fences.</summary>
internal static class ControlInstructions
{
    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["bra"] = Branch;
        decoders["exit"] = _ => new ExitOperation();
        decoders["ret"] = decoding =>
        {
            decoding.Take("uni");
            return new ExitOperation();
        };
        decoders["trap"] = _ => new TrapOperation();
        decoders["bar"] = Barrier;
        decoders["barrier"] = AlignedBarrier;
        decoders["membar"] = decoding =>
        {
            decoding.TakeOne("cta", "gl", "sys");
            return new NoOperation();
        };
        decoders["fence"] = decoding =>
        {
            decoding.TakeAny("sc", "acq_rel");
            decoding.TakeOne("cta", "gpu", "sys");
            return new NoOperation();
        };
    }

    private static BranchOperation Branch(Decoding decoding)
    {
        decoding.Take("uni");
        return decoding.Operand(0) is PtxLabelOperand target
            ? new BranchOperation(target.Label.Target)
            : throw decoding.Error($"found {decoding.Operand(0).Describe()}, expected a label");
    }

    /// <summary><c>bar.sync a{, b}</c>, <c>bar.warp.sync mask</c>.</summary>
    private static Operation Barrier(Decoding decoding)
    {
        if (decoding.Take("warp"))
        {
            decoding.TakeOne("sync");
            return new WarpBarrierOperation(decoding.Source(0, PtxType.B32));
        }

        decoding.Take("cta");
        decoding.TakeOne("sync");
        return BlockBarrier(decoding);
    }

    /// <summary><c>barrier.sync.aligned a</c>, which is <c>bar.sync</c>.</summary>
    private static BarrierOperation AlignedBarrier(Decoding decoding)
    {
        decoding.Take("cta");
        decoding.TakeOne("sync");
        decoding.TakeOne("aligned");
        return BlockBarrier(decoding);
    }

    private static BarrierOperation BlockBarrier(Decoding decoding) => decoding.OperandCount > 1
        ? throw decoding.Error("a barrier of part of the block's threads is not supported; expected one operand")
        : new BarrierOperation((int)decoding.Constant(0, 0, 15));
}

/// <summary><c>bar.warp.sync</c>: orders the accesses of the threads of a warp.</summary>
internal sealed unsafe class WarpBarrierOperation(int members) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        WarpMembers.Check(warp, mask, warp.Registers + members);
        if (mask == warp.Live) warp.Phase++;
    }
}

/// <summary>The masks of <c>.sync</c> instructions.</summary>
internal static unsafe class WarpMembers
{
    /// <summary>
    /// Every thread that executes has to name the same threads and be one of them, and every thread that is named and has not exited has to be here.
    /// </summary>
    public static void Check(Warp warp, uint mask, byte* members)
    {
        int first = int.TrailingZeroCount((int)mask);
        uint named = Lane.Get<uint>(members, first);
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            uint own = Lane.Get<uint>(members, lane);
            if (own != named) throw new LaneFault(lane, $"names the lanes 0x{own:X8}, and lane {first} names 0x{named:X8}; expected one mask for all");
            if ((own >> lane & 1) == 0) throw new LaneFault(lane, $"is not in the mask 0x{own:X8} that it names");
        }

        uint missing = named & warp.Live & ~mask;
        if (missing != 0) throw new LaneFault(first, $"names the lanes 0x{named:X8}, of which 0x{missing:X8} have not exited and do not execute this with it");
    }

    /// <summary>For instructions that all 32 threads of a warp have to execute together.</summary>
    public static void CheckAll(uint mask)
    {
        if (mask != Warp.All) throw new LaneFault(-1, $"executes this in the lanes 0x{mask:X8} only; expected all 32");
    }
}
