namespace Transformer.Compiled.Ptx;

/// <summary>
/// Who wrote and read the words of a region of device memory during the launch that runs. There is no order between blocks, and between threads of a block
/// none but by its barriers: two threads that touch a byte, one of them writing, race unless a barrier of their block lies between.
/// </summary>
internal sealed class GlobalShadow(ulong bytes, int shift)
{
    private const int Many = int.MaxValue;

    private const int PageShift = 12;

    private readonly Granule[]?[] _pages = new Granule[(bytes >> shift >> PageShift) + 1][];

    public int Shift { get; } = shift;

    public void Read(Warp warp, int lane, ulong offset, int bytes, AccessKind kind)
    {
        var block = warp.Block;
        int thread = warp.FirstThread + lane;
        for (ulong index = offset >> Shift; index <= (offset + (ulong)bytes - 1) >> Shift; index++)
        {
            ref var granule = ref At(index);
            if (granule.WriteLaunch == block.Launch && IsConflict(warp, thread, granule.WriterBlock, granule.Writer, granule.WriteEpoch, granule.WriterPhase))
                throw Race(lane, "reads", index, "wrote", granule.Writer, granule.WriterBlock, granule.WriterLine);
            if (kind == AccessKind.ReadOnly)
            {
                if (granule.WriteLaunch == block.Launch)
                    throw new LaneFault(lane, $"reads device memory {index << Shift} bytes into its region as read-only (.nc), which the kernel wrote on line {granule.WriterLine}");
                granule.ReadOnlyLaunch = block.Launch;
            }

            if (granule.ReadLaunch != block.Launch)
            {
                granule.ReadLaunch = block.Launch;
                granule.ReaderBlock = block.Number;
                granule.Reader = thread;
            }
            else if (granule.ReaderBlock != block.Number)
            {
                granule.ReaderBlock = Many;
            }
            else
            {
                granule.Reader = granule.ReadEpoch == block.Epoch && granule.Reader != thread ? Many : thread;
            }

            granule.ReadEpoch = block.Epoch;
            granule.ReaderPhase = warp.Phase;
            granule.ReaderLine = warp.Line;
        }
    }

    public void Write(Warp warp, int lane, ulong offset, int bytes, bool isAtomic)
    {
        var block = warp.Block;
        int thread = warp.FirstThread + lane;
        for (ulong index = offset >> Shift; index <= (offset + (ulong)bytes - 1) >> Shift; index++)
        {
            ref var granule = ref At(index);
            if (granule.WriteLaunch == block.Launch && !(isAtomic && granule.IsAtomic)
                && IsConflict(warp, thread, granule.WriterBlock, granule.Writer, granule.WriteEpoch, granule.WriterPhase))
                throw Race(lane, "writes", index, "wrote", granule.Writer, granule.WriterBlock, granule.WriterLine);
            if (granule.ReadLaunch == block.Launch
                && (granule.ReaderBlock == Many || IsConflict(warp, thread, granule.ReaderBlock, granule.Reader, granule.ReadEpoch, granule.ReaderPhase)))
                throw Race(lane, "writes", index, "read", granule.Reader, granule.ReaderBlock, granule.ReaderLine);
            if (granule.ReadOnlyLaunch == block.Launch)
                throw new LaneFault(lane, $"writes device memory {index << Shift} bytes into its region, which the kernel reads as read-only (.nc), last on line {granule.ReaderLine}");
            // A thread's own plain write stays on record under its atomic one: others' atomic writes race with it.
            bool isOwnPlain = granule.WriteLaunch == block.Launch && granule.WriterBlock == block.Number && granule.Writer == thread && !granule.IsAtomic;
            if (isAtomic && isOwnPlain && granule.WriteEpoch == block.Epoch) continue;
            granule.WriteLaunch = block.Launch;
            granule.WriterBlock = block.Number;
            granule.Writer = thread;
            granule.WriteEpoch = block.Epoch;
            granule.WriterPhase = warp.Phase;
            granule.WriterLine = warp.Line;
            granule.IsAtomic = isAtomic;
        }
    }

    private ref Granule At(ulong index)
    {
        var page = _pages[index >> PageShift] ??= new Granule[1 << PageShift];
        return ref page[index & ((1 << PageShift) - 1)];
    }

    private static bool IsConflict(Warp warp, int thread, int otherBlock, int other, int epoch, int phase)
    {
        if (otherBlock != warp.Block.Number) return true;
        if (epoch != warp.Block.Epoch || other == thread) return false;
        return other >> 5 != warp.Index || phase == warp.Phase;
    }

    private LaneFault Race(int lane, string does, ulong index, string did, int other, int otherBlock, int line)
    {
        string who = otherBlock == Many ? "threads of several blocks" : $"{(other == Many ? "several threads" : $"thread {other}")} of block number {otherBlock}";
        return new LaneFault(lane, $"{does} device memory {index << Shift} bytes into its region, which {who} {did} on line {line} with nothing that orders the two: a race");
    }

    private struct Granule
    {
        public int WriteLaunch;
        public int ReadLaunch;
        public int ReadOnlyLaunch;
        public int WriterBlock;
        public int ReaderBlock;
        public int Writer;
        public int Reader;
        public int WriteEpoch;
        public int ReadEpoch;
        public int WriterPhase;
        public int ReaderPhase;
        public int WriterLine;
        public int ReaderLine;
        public bool IsAtomic;
    }
}
