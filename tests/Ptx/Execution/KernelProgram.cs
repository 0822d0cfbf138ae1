namespace Transformer.Compiled.Ptx;

/// <summary>A kernel, decoded: its operations, where threads that part meet again, and the register file.</summary>
internal sealed unsafe class KernelProgram
{
    private readonly KernelLayout _layout;

    public KernelProgram(PtxEntry entry, Func<PtxVariable, ulong> globalAddress)
    {
        Entry = entry;
        _layout = new KernelLayout(entry, globalAddress);
        Operations = new Operation[entry.Instructions.Count + 1];
        int narrowest = 4;
        for (int index = 0; index < entry.Instructions.Count; index++)
        {
            Operations[index] = Decoding.Decode(_layout, entry, entry.Instructions[index]);
            if (Operations[index] is MemoryOperation { Space: PtxSpace.Shared or PtxSpace.Generic or PtxSpace.Global } memory) narrowest = Math.Min(narrowest, memory.AccessBytes);
        }

        int last = entry.Instructions.Count > 0 ? entry.Instructions[^1].Line : entry.Line;
        Operations[^1] = new ExitOperation { Instruction = new PtxInstruction("exit", [], [], null, entry.Instructions.Count, last, "(the end of the kernel)") };
        MeetAt = ControlFlow.MeetingPoints(Operations);
        GranuleShift = int.Log2(narrowest);
    }

    public PtxEntry Entry { get; }

    /// <summary>The operations; the last is an exit that the text does not have.</summary>
    public Operation[] Operations { get; }

    /// <summary>For each branch the operation at which the threads that it parts meet again.</summary>
    public int[] MeetAt { get; }

    /// <summary>The logarithm of the narrowest access to memory, at most that of 4 bytes.</summary>
    public int GranuleShift { get; }

    public int FileBytes => _layout.FileBytes;

    public int SharedBytes => _layout.SharedBytes;

    public int DynamicOffset => _layout.DynamicOffset;

    /// <summary>Writes the constants into the register file of a warp.</summary>
    public void FillConstants(byte* registers)
    {
        foreach (var ((bits, bytes), offset) in _layout.Constants)
        {
            for (int lane = 0; lane < Warp.Lanes; lane++)
            {
                if (bytes == 8) Lane.Set(registers + offset, lane, bits);
                else Lane.Set(registers + offset, lane, (uint)bits);
            }
        }
    }

    /// <summary>Writes the special registers of a warp that begins a block.</summary>
    public void FillSpecials(Warp warp)
    {
        foreach (var (name, offset) in _layout.Specials)
            for (int lane = 0; lane < Warp.Lanes; lane++) Lane.Set(warp.Registers + offset, lane, Special(warp, name, lane));
    }

    private static uint Special(Warp warp, string name, int lane)
    {
        var block = warp.Block;
        uint bit = 1u << lane;
        return name switch
        {
            "%laneid" => (uint)lane,
            "%warpid" => (uint)warp.Index,
            "%nwarpid" => (uint)block.Warps.Length,
            "%lanemask_eq" => bit,
            "%lanemask_lt" => bit - 1,
            "%lanemask_le" => bit - 1 | bit,
            "%lanemask_gt" => ~(bit - 1 | bit),
            "%lanemask_ge" => ~(bit - 1),
            "%dynamic_smem_size" => (uint)block.DynamicBytes,
            "%total_smem_size" => (uint)block.Shared.Bytes,
            _ => (uint)Component(Vector(block, name, warp.FirstThread + lane), name[^1]),
        };
    }

    private static Dim3 Vector(Block block, string name, int thread) => name[..^2] switch
    {
        "%tid" => block.Size.At(thread),
        "%ntid" => block.Size,
        "%ctaid" => block.Place,
        "%nctaid" => block.Grid,
        _ => throw new InvalidOperationException(name),
    };

    private static int Component(Dim3 vector, char component) => component switch { 'x' => vector.X, 'y' => vector.Y, _ => vector.Z };
}
