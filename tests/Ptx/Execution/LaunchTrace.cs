namespace Transformer.Compiled.Ptx;

/// <summary>What an instruction did in a launch.</summary>
/// <param name="Instruction">The instruction.</param>
/// <param name="WarpCount">How often a warp executed it.</param>
/// <param name="LaneCount">How often a thread executed it.</param>
/// <param name="Requests">Warps that accessed memory with it.</param>
/// <param name="GlobalSectors">Sectors of 32 bytes of device memory that its requests touched.</param>
/// <param name="GlobalTransactions">Lines of 128 bytes of device memory that its requests touched.</param>
/// <param name="SharedWavefronts">Passes over the 32 banks of shared memory that its requests took.</param>
/// <param name="IdealSharedWavefronts">Passes that they would have taken without bank conflicts.</param>
public sealed record InstructionTrace(
    PtxInstruction Instruction, long WarpCount, long LaneCount, long Requests, long GlobalSectors, long GlobalTransactions, long SharedWavefronts, long IdealSharedWavefronts)
{
    /// <summary>Passes that bank conflicts cost.</summary>
    public long BankConflicts => SharedWavefronts - IdealSharedWavefronts;
}

/// <summary>What a launch did.</summary>
public sealed class LaunchTrace
{
    internal static readonly LaunchTrace Empty = new();

    private LaunchTrace()
    {
    }

    internal LaunchTrace(string kernel, Dim3 grid, Dim3 block, LaunchCounters counters)
    {
        Kernel = kernel;
        Grid = grid;
        Block = block;
        Barriers = counters.Barriers;
        var traces = new List<InstructionTrace>();
        for (int index = 0; index < counters.Warps.Length - 1; index++)
        {
            traces.Add(new InstructionTrace(
                counters.Program.Operations[index].Instruction, counters.Warps[index], counters.Lanes[index], counters.Requests[index], counters.Sectors[index],
                counters.Lines[index], counters.Wavefronts[index], counters.IdealWavefronts[index]));
        }

        Instructions = traces;
    }

    /// <summary>The name of the kernel.</summary>
    public string Kernel { get; } = "";

    /// <summary>The blocks.</summary>
    public Dim3 Grid { get; }

    /// <summary>The threads of a block.</summary>
    public Dim3 Block { get; }

    /// <summary>Every instruction of the kernel, in the order of the text.</summary>
    public IReadOnlyList<InstructionTrace> Instructions { get; } = [];

    /// <summary>Barriers that a block passed, summed over blocks.</summary>
    public long Barriers { get; }

    /// <summary>Instructions that warps executed.</summary>
    public long WarpInstructions => Instructions.Sum(trace => trace.WarpCount);

    /// <summary>Instructions that threads executed.</summary>
    public long LaneInstructions => Instructions.Sum(trace => trace.LaneCount);

    /// <summary>Sectors of 32 bytes of device memory, over all requests.</summary>
    public long GlobalSectors => Instructions.Sum(trace => trace.GlobalSectors);

    /// <summary>Lines of 128 bytes of device memory, over all requests.</summary>
    public long GlobalTransactions => Instructions.Sum(trace => trace.GlobalTransactions);

    /// <summary>Requests of warps to device memory.</summary>
    public long GlobalRequests => Instructions.Where(trace => trace.GlobalSectors > 0).Sum(trace => trace.Requests);

    /// <summary>Passes over the banks of shared memory that conflicts cost.</summary>
    public long BankConflicts => Instructions.Sum(trace => trace.BankConflicts);

    /// <summary>Instructions that warps executed, by name with modifiers, as in <c>fma.rn.f32</c>.</summary>
    public IReadOnlyDictionary<string, long> ByName => Instructions
        .GroupBy(trace => trace.Instruction.Name, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(trace => trace.WarpCount), StringComparer.Ordinal);

    /// <summary>Instructions that warps executed, by opcode, as in <c>fma</c>.</summary>
    public IReadOnlyDictionary<string, long> ByOpcode => Instructions
        .GroupBy(trace => trace.Instruction.Opcode, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(trace => trace.WarpCount), StringComparer.Ordinal);
}
