namespace Transformer.Compiled.Ptx;

/// <summary>The address of an operand in brackets: a lane value, widened without sign, and a displacement.</summary>
internal readonly record struct LaneAddress(LaneValue Base, long Displacement);

/// <summary>An instruction that goes to memory: addresses are checked against bounds and alignment, noted in the shadows and counted before bytes move.</summary>
internal abstract unsafe class MemoryOperation(PtxSpace space, LaneAddress address, int elementBytes, int count) : Operation
{
    /// <summary>Generic addresses of shared memory begin here.</summary>
    public const ulong SharedWindow = 0x1_0000_0000;

    private const ulong SharedWindowBytes = 0x100_0000;

    private MemoryRegion? _last;

    public PtxSpace Space => space;

    /// <summary>The bytes of an element.</summary>
    public int ElementBytes => elementBytes;

    /// <summary>The bytes that a lane accesses, to which its address is aligned.</summary>
    public int AccessBytes => elementBytes * count;

    /// <summary>Turns the addresses of lanes into pointers to <see cref="AccessBytes"/> bytes.</summary>
    protected void Resolve(Warp warp, uint mask, AccessKind kind, byte** pointers)
    {
        int bytes = AccessBytes;
        ulong* addresses = stackalloc ulong[Warp.Lanes];
        ulong odd = ReadAddresses(warp, mask, addresses) & (ulong)(bytes - 1);
        if (odd != 0) throw Misaligned(mask, kind, addresses);
        uint shared = space switch
        {
            PtxSpace.Shared => mask,
            PtxSpace.Generic => TakeShared(mask, addresses),
            _ => 0,
        };
        for (uint rest = shared; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            pointers[lane] = SharedPointer(warp, lane, addresses[lane], bytes, kind);
        }

        uint global = mask & ~shared;
        if (global != 0) ResolveGlobal(warp, global, kind, addresses, pointers);
        if (!warp.Counters.TracesMemory) return;
        if (shared != 0) MemoryTrace.Shared(warp, shared, addresses, bytes);
        if (global != 0) MemoryTrace.Global(warp, global, addresses, bytes);
    }

    /// <summary>The addresses of lanes, and all their bits together.</summary>
    private ulong ReadAddresses(Warp warp, uint mask, ulong* addresses)
    {
        byte* register = warp.Registers + address.Base.Offset;
        ulong bits = 0;
        if (address.Base.LaneBytes == 8)
        {
            for (uint rest = mask; rest != 0; rest &= rest - 1)
            {
                int lane = int.TrailingZeroCount((int)rest);
                bits |= addresses[lane] = Lane.Get<ulong>(register, lane) + (ulong)address.Displacement;
            }

            return bits;
        }

        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            bits |= addresses[lane] = Lane.Get<uint>(register, lane) + (uint)address.Displacement;
        }

        return bits;
    }

    /// <summary>The lanes whose generic address is in the window of shared memory; it is taken off.</summary>
    private static uint TakeShared(uint mask, ulong* addresses)
    {
        uint shared = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (addresses[lane] - SharedWindow >= SharedWindowBytes) continue;
            shared |= 1u << lane;
            addresses[lane] -= SharedWindow;
        }

        return shared;
    }

    private LaneFault Misaligned(uint mask, AccessKind kind, ulong* addresses)
    {
        int lane = int.TrailingZeroCount((int)mask);
        while ((mask >> lane & 1) == 0 || addresses[lane] % (ulong)AccessBytes == 0) lane++;
        return new LaneFault(lane, $"{Verb(kind)} {AccessBytes} bytes of {space} memory at 0x{addresses[lane]:X}, which is not a multiple of {AccessBytes}");
    }

    private void ResolveGlobal(Warp warp, uint mask, AccessKind kind, ulong* addresses, byte** pointers)
    {
        int bytes = AccessBytes;
        var region = _last;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            ulong target = addresses[lane];
            if (region is null || !region.Contains(target, (ulong)bytes)) region = Region(warp, lane, target, bytes, kind);
            ulong offset = target - region.Start;
            pointers[lane] = region.Data + offset;
            if (region.Shadow is { } shadow) Note(shadow, warp, lane, offset, bytes, kind);
        }
    }

    protected ulong AddressOf(Warp warp, int lane)
    {
        byte* register = warp.Registers + address.Base.Offset;
        return address.Base.LaneBytes == 8
            ? Lane.Get<ulong>(register, lane) + (ulong)address.Displacement
            : Lane.Get<uint>(register, lane) + (uint)address.Displacement;
    }

    protected byte* SharedPointer(Warp warp, int lane, ulong offset, int bytes, AccessKind kind)
    {
        var memory = warp.Block.Shared;
        if (offset > (ulong)memory.Bytes || (ulong)bytes > (ulong)memory.Bytes - offset)
            throw new LaneFault(lane, $"{Verb(kind)} {bytes} bytes of shared memory at {(long)offset}; the block has {memory.Bytes} bytes of it");
        switch (kind)
        {
            case AccessKind.Read or AccessKind.ReadOnly: memory.Read(warp, lane, (int)offset, bytes); break;
            case AccessKind.Write: memory.Write(warp, lane, (int)offset, bytes); break;
            case AccessKind.Exchange: memory.Exchange(warp, lane, (int)offset, bytes); break;
            default: memory.BeginCopy(warp, lane, (int)offset, bytes); break;
        }

        return memory.Data + offset;
    }

    protected byte* GlobalPointer(Warp warp, int lane, ulong target, int bytes, AccessKind kind)
    {
        var region = _last;
        if (region is null || !region.Contains(target, (ulong)bytes)) region = Region(warp, lane, target, bytes, kind);
        ulong offset = target - region.Start;
        if (region.Shadow is { } shadow) Note(shadow, warp, lane, offset, bytes, kind);
        return region.Data + offset;
    }

    private MemoryRegion Region(Warp warp, int lane, ulong target, int bytes, AccessKind kind)
    {
        var machine = warp.Block.Machine;
        var region = machine.Memory.Find(target, (ulong)bytes)
            ?? throw new LaneFault(lane, $"{Verb(kind)} {bytes} bytes of {space} memory at 0x{target:X}, which are not inside of one region; {machine.Memory.Nearest(target)}");
        if (machine.Options.DetectRaces && !(region.Shadow?.Shift <= warp.Block.Program.GranuleShift))
            region.Shadow = new GlobalShadow(region.Bytes, warp.Block.Program.GranuleShift);
        return _last = region;
    }

    private static void Note(GlobalShadow shadow, Warp warp, int lane, ulong offset, int bytes, AccessKind kind)
    {
        if (kind is AccessKind.Read or AccessKind.ReadOnly) shadow.Read(warp, lane, offset, bytes, kind);
        else shadow.Write(warp, lane, offset, bytes, kind == AccessKind.Exchange);
    }

    /// <summary>Forgets what earlier launches knew about regions.</summary>
    public virtual void BeginLaunch() => _last = null;

    private static string Verb(AccessKind kind) => kind switch
    {
        AccessKind.Read or AccessKind.ReadOnly => "reads",
        AccessKind.Exchange => "changes",
        _ => "writes",
    };
}

/// <summary><c>ld</c>; <paramref name="kind"/> is read-only for <c>.nc</c>.</summary>
internal sealed unsafe class LoadOperation(PtxSpace space, LaneAddress address, PtxType type, LaneValue[] targets, AccessKind kind)
    : MemoryOperation(space, address, type.Bytes(), targets.Length)
{
    public override void Execute(Warp warp, uint mask)
    {
        byte** pointers = stackalloc byte*[Warp.Lanes];
        Resolve(warp, mask, kind, pointers);
        for (int element = 0; element < targets.Length; element++)
        {
            if (targets[element].Offset < 0) continue;
            byte* to = warp.Registers + targets[element].Offset;
            int offset = element * ElementBytes;
            bool isWord = ElementBytes == 4 && targets[element].LaneBytes == 4;
            for (uint rest = mask; rest != 0; rest &= rest - 1)
            {
                int lane = int.TrailingZeroCount((int)rest);
                if (isWord) Lane.Set(to, lane, *(uint*)(pointers[lane] + offset));
                else if (targets[element].LaneBytes == 8) Lane.Set(to, lane, Elements.Load(pointers[lane] + offset, type));
                else Lane.Set(to, lane, (uint)Elements.Load(pointers[lane] + offset, type));
            }
        }
    }
}

/// <summary><c>st</c>.</summary>
internal sealed unsafe class StoreOperation(PtxSpace space, LaneAddress address, PtxType type, LaneValue[] sources) : MemoryOperation(space, address, type.Bytes(), sources.Length)
{
    public override void Execute(Warp warp, uint mask)
    {
        byte** pointers = stackalloc byte*[Warp.Lanes];
        Resolve(warp, mask, AccessKind.Write, pointers);
        for (int element = 0; element < sources.Length; element++)
        {
            byte* from = warp.Registers + sources[element].Offset;
            int stride = sources[element].LaneBytes, offset = element * ElementBytes;
            for (uint rest = mask; rest != 0; rest &= rest - 1)
            {
                int lane = int.TrailingZeroCount((int)rest);
                Elements.Store(pointers[lane] + offset, from + (lane * stride), ElementBytes);
            }
        }
    }
}

/// <summary><c>ld.param</c>: the same for all lanes.</summary>
internal sealed unsafe class LoadParameter(int offset, PtxType type, LaneValue[] targets) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        fixed (byte* parameters = warp.Block.Parameters)
        {
            for (int element = 0; element < targets.Length; element++)
            {
                if (targets[element].Offset < 0) continue;
                byte* to = warp.Registers + targets[element].Offset;
                ulong value = Elements.Load(parameters + offset + (element * type.Bytes()), type);
                for (uint rest = mask; rest != 0; rest &= rest - 1)
                {
                    int lane = int.TrailingZeroCount((int)rest);
                    if (targets[element].LaneBytes == 8) Lane.Set(to, lane, value);
                    else Lane.Set(to, lane, (uint)value);
                }
            }
        }
    }
}

/// <summary>Elements of memory.</summary>
internal static unsafe class Elements
{
    /// <summary>Extended to 64 bits, with the sign if the type has one.</summary>
    public static ulong Load(byte* from, PtxType type) => type switch
    {
        PtxType.B8 or PtxType.U8 => *from,
        PtxType.S8 => (ulong)*(sbyte*)from,
        PtxType.S16 => (ulong)*(short*)from,
        PtxType.S32 => (ulong)*(int*)from,
        _ => type.Bytes() switch
        {
            2 => *(ushort*)from,
            4 => *(uint*)from,
            _ => *(ulong*)from,
        },
    };

    public static void Store(byte* to, byte* from, int bytes)
    {
        switch (bytes)
        {
            case 1: *to = *from; break;
            case 2: *(ushort*)to = *(ushort*)from; break;
            case 4: *(uint*)to = *(uint*)from; break;
            default: *(ulong*)to = *(ulong*)from; break;
        }
    }
}
