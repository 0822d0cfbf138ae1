using System.Runtime.InteropServices;

namespace Transformer.Compiled.Ptx;

/// <summary>
/// The shared memory of the block that runs. Each granule of it (as wide as the narrowest access of the kernel) has a shadow: who wrote it last and who read it
/// since which barrier. Two threads that touch it, one of them writing, without a barrier between them race. What no thread of the block has written is poison.
/// </summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private readonly Granule[] _shadow;
    private readonly int _shift;
    private readonly bool _detectRaces;
    private readonly bool _detectPoison;
    private uint _firstEpoch;
    private uint _epoch = 1;

    public SharedMemory(int bytes, int granuleShift, PtxMachineOptions options)
    {
        Bytes = bytes;
        Data = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 16), 256);
        _shift = granuleShift;
        _shadow = new Granule[(bytes >> granuleShift) + 1];
        _detectRaces = options.DetectRaces;
        _detectPoison = options.DetectUninitialized;
    }

    public int Bytes { get; }

    public byte* Data { get; }

    /// <summary>A new block begins: poison everywhere.</summary>
    public void BeginBlock()
    {
        new Span<byte>(Data, Bytes).Fill(0xFF);
        _firstEpoch = ++_epoch;
        foreach (ref var granule in _shadow.AsSpan()) granule.Flags = 0;
    }

    /// <summary>All threads have passed a barrier.</summary>
    public void PassBarrier() => _epoch++;

    public void Read(Warp warp, int lane, int offset, int bytes)
    {
        var shadow = _shadow.AsSpan();
        int thread = warp.FirstThread + lane, last = (offset + bytes - 1) >> _shift;
        for (int index = offset >> _shift; index <= last; index++)
        {
            ref var granule = ref shadow[index];
            if ((granule.Flags & Flags.InFlight) != 0) throw InFlight(lane, "reads", index, granule);
            if (_detectPoison && granule.WriteEpoch < _firstEpoch) throw Poison(lane, "reads", index, _shift);
            if (!_detectRaces) continue;
            if (granule.WriteEpoch == _epoch && granule.Writer != thread && !IsOrdered(warp, granule.Writer, granule.WriterPhase))
                throw Race(lane, "reads", index, "wrote", granule.Writer, granule.WriterLine);
            if (granule.ReadEpoch == _epoch)
            {
                NoteAnotherReader(ref granule, warp, thread);
            }
            else
            {
                granule.ReadEpoch = _epoch;
                granule.Flags &= ~(Flags.ManyReaders | Flags.ManyWarps);
            }

            granule.Reader = (ushort)thread;
            granule.ReaderPhase = warp.Phase;
            granule.ReaderLine = warp.Line;
        }
    }

    public void Write(Warp warp, int lane, int offset, int bytes) => Write(warp, lane, offset, bytes, Flags.None);

    /// <summary>An atomic operation: two of them do not race.</summary>
    public void Exchange(Warp warp, int lane, int offset, int bytes)
    {
        if (_detectPoison)
            for (int index = offset >> _shift; index <= (offset + bytes - 1) >> _shift; index++)
                if (_shadow[index].WriteEpoch < _firstEpoch) throw Poison(lane, "changes", index, _shift);
        Write(warp, lane, offset, bytes, Flags.Atomic);
    }

    /// <summary>A copy is under way to these bytes; they are poison until it lands.</summary>
    public void BeginCopy(Warp warp, int lane, int offset, int bytes)
    {
        Write(warp, lane, offset, bytes, Flags.InFlight);
        new Span<byte>(Data + offset, bytes).Fill(0xFF);
    }

    /// <summary>The copy's bytes are there, for the thread that waited.</summary>
    public void EndCopy(Warp warp, int lane, int offset, int bytes)
    {
        for (int index = offset >> _shift; index <= (offset + bytes - 1) >> _shift; index++) _shadow[index].Flags &= ~Flags.InFlight;
        Write(warp, lane, offset, bytes, Flags.None);
    }

    private void Write(Warp warp, int lane, int offset, int bytes, Flags kind)
    {
        int thread = warp.FirstThread + lane;
        for (int index = offset >> _shift; index <= (offset + bytes - 1) >> _shift; index++)
        {
            ref var granule = ref _shadow[index];
            if ((granule.Flags & Flags.InFlight) != 0) throw InFlight(lane, "writes", index, granule);
            if (_detectRaces) CheckWrite(warp, lane, thread, index, granule, kind);
            // A thread's own plain write stays on record under its atomic one: others' atomic writes race with it.
            if (kind == Flags.Atomic && granule.WriteEpoch == _epoch && granule.Writer == thread && (granule.Flags & Flags.Atomic) == 0) continue;
            granule.WriteEpoch = _epoch;
            granule.Writer = (ushort)thread;
            granule.WriterPhase = warp.Phase;
            granule.WriterLine = warp.Line;
            granule.Flags = (granule.Flags & ~Flags.Atomic) | kind;
        }
    }

    private void CheckWrite(Warp warp, int lane, int thread, int index, in Granule granule, Flags kind)
    {
        bool isAtomicPair = kind == Flags.Atomic && (granule.Flags & Flags.Atomic) != 0;
        if (granule.WriteEpoch == _epoch && granule.Writer != thread && !isAtomicPair && !IsOrdered(warp, granule.Writer, granule.WriterPhase))
            throw Race(lane, "writes", index, "wrote", granule.Writer, granule.WriterLine);
        if (granule.ReadEpoch != _epoch) return;
        bool isOther = (granule.Flags & Flags.ManyWarps) != 0 || granule.Reader >> 5 != warp.Index
            || (granule.ReaderPhase == warp.Phase && ((granule.Flags & Flags.ManyReaders) != 0 || granule.Reader != thread));
        if (isOther) throw Race(lane, "writes", index, "read", granule.Reader, granule.ReaderLine);
    }

    /// <summary>Whether an access lies before a <c>bar.warp.sync</c> that this warp has passed since.</summary>
    private static bool IsOrdered(Warp warp, int thread, int phase) => thread >> 5 == warp.Index && phase != warp.Phase;

    /// <summary>Somebody has read the granule since the barrier.</summary>
    private static void NoteAnotherReader(ref Granule granule, Warp warp, int thread)
    {
        bool isSameWarp = granule.Reader >> 5 == warp.Index;
        if (isSameWarp && granule.ReaderPhase != warp.Phase && (granule.Flags & Flags.ManyWarps) == 0) granule.Flags &= ~Flags.ManyReaders;
        else if (granule.Reader != thread) granule.Flags |= isSameWarp ? Flags.ManyReaders : Flags.ManyWarps;
    }

    private static LaneFault Poison(int lane, string does, int index, int shift) =>
        new(lane, $"{does} shared memory at {index << shift}, which no thread of the block has written");

    private LaneFault Race(int lane, string does, int index, string did, int other, int line) => new(
        lane, $"{does} shared memory at {index << _shift}, which thread {other} of the block {did} on line {line} with no barrier between: a race");

    private LaneFault InFlight(int lane, string does, int index, in Granule granule) => new(
        lane, $"{does} shared memory at {index << _shift}, to which thread {granule.Writer} of the block copies since line {granule.WriterLine} (cp.async) and has not waited for");

    public void Dispose() => NativeMemory.AlignedFree(Data);

    [Flags]
    private enum Flags : byte
    {
        None = 0,
        ManyReaders = 1,
        ManyWarps = 2,
        Atomic = 4,
        InFlight = 8,
    }

    private struct Granule
    {
        public uint WriteEpoch;
        public uint ReadEpoch;
        public int WriterPhase;
        public int ReaderPhase;
        public int WriterLine;
        public int ReaderLine;
        public ushort Writer;
        public ushort Reader;
        public Flags Flags;
    }
}
