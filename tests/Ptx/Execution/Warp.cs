using System.Runtime.InteropServices;

namespace Transformer.Compiled.Ptx;

/// <summary>What a warp waits for.</summary>
internal enum WarpState
{
    Running,
    AtBarrier,
    Exited,
}

/// <summary>
/// Up to 32 threads in lockstep. A register is 32 lanes side by side, of 4 bytes or (64-bit types) 8; a predicate is one word with a bit for each lane.
/// </summary>
internal sealed unsafe class Warp : IDisposable
{
    public const uint All = uint.MaxValue;
    public const int Lanes = 32;

    private readonly uint* _defined;
    private readonly int _registers;

    public Warp(Block block, KernelProgram program, int index, int threads)
    {
        Block = block;
        Index = index;
        FirstThread = index * Lanes;
        Exists = threads >= Lanes ? All : (1u << threads) - 1;
        Registers = (byte*)NativeMemory.AlignedAlloc((nuint)program.FileBytes, 64);
        _registers = program.Entry.Registers.Count;
        _defined = (uint*)NativeMemory.AlignedAlloc((nuint)(_registers + 1) * 4, 64);
        Stack = new DivergenceStack();
        Copies = new AsyncCopies(this);
        new Span<byte>(Registers, program.FileBytes).Clear();
        program.FillConstants(Registers);
    }

    public Block Block { get; }

    /// <summary>Its place in the block.</summary>
    public int Index { get; }

    /// <summary>The place in the block of its first thread.</summary>
    public int FirstThread { get; }

    /// <summary>The lanes that have a thread.</summary>
    public uint Exists { get; }

    /// <summary>The lanes whose thread has not exited.</summary>
    public uint Live { get; set; }

    public byte* Registers { get; }

    /// <summary>For each register the lanes that have written it.</summary>
    public uint* Defined => _defined;

    public DivergenceStack Stack { get; }

    public AsyncCopies Copies { get; }

    public WarpState State { get; set; }

    /// <summary>The instruction at whose barrier it waits.</summary>
    public int BarrierAt { get; set; }

    /// <summary>Counts the <c>bar.warp.sync</c> it has passed.</summary>
    public int Phase { get; set; }

    /// <summary>The line of the instruction that is executed.</summary>
    public int Line { get; set; }

    /// <summary>The place of the instruction that is executed.</summary>
    public int Position { get; set; }

    public LaunchCounters Counters => Block.Counters;

    /// <summary>A new block begins.</summary>
    public void Begin()
    {
        new Span<uint>(_defined, _registers).Clear();
        Live = Exists;
        State = WarpState.Running;
        Stack.Begin(Exists);
        Copies.Clear();
        Phase = 0;
        Block.Program.FillSpecials(this);
    }

    /// <summary>Marks lanes of a register as holding nothing that may be read.</summary>
    public void Undefine(int register, uint lanes) => _defined[register] &= ~lanes;

    public void Dispose()
    {
        NativeMemory.AlignedFree(Registers);
        NativeMemory.AlignedFree(_defined);
    }
}
