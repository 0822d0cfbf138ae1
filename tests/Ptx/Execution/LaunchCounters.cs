using System.Numerics;

namespace Transformer.Compiled.Ptx;

/// <summary>What is counted while a launch runs, by instruction.</summary>
internal sealed class LaunchCounters(KernelProgram program, PtxMachineOptions options)
{
    private readonly long _maximum = options.MaximumInstructions;
    private long _total;

    public KernelProgram Program { get; } = program;

    public bool TracesMemory { get; } = options.TraceMemory;

    public long[] Warps { get; } = new long[program.Operations.Length];

    public long[] Lanes { get; } = new long[program.Operations.Length];

    public long[] Requests { get; } = new long[program.Operations.Length];

    public long[] Sectors { get; } = new long[program.Operations.Length];

    public long[] Lines { get; } = new long[program.Operations.Length];

    public long[] Wavefronts { get; } = new long[program.Operations.Length];

    public long[] IdealWavefronts { get; } = new long[program.Operations.Length];

    public long Barriers { get; set; }

    public void Count(int position, uint mask)
    {
        Warps[position]++;
        Lanes[position] += BitOperations.PopCount(mask);
        if (++_total > _maximum) throw new LaneFault(-1, $"executes instruction {_total} of the launch, more than the machine's limit: an endless loop?");
    }
}
