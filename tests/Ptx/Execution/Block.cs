namespace Transformer.Compiled.Ptx;

/// <summary>The block that runs, and what its threads share. One is made for a launch and begins anew for every block of the grid.</summary>
internal sealed class Block : IDisposable
{
    public Block(PtxMachine machine, KernelProgram program, LaunchShape shape, byte[] parameters, LaunchCounters counters)
    {
        Machine = machine;
        Program = program;
        Grid = shape.Grid;
        Size = shape.Block;
        Launch = shape.Number;
        DynamicBytes = shape.DynamicBytes;
        Parameters = parameters;
        Counters = counters;
        Shared = new SharedMemory(program.DynamicOffset + shape.DynamicBytes, program.GranuleShift, machine.Options);
        int threads = (int)Size.Count;
        Warps = new Warp[(threads + Warp.Lanes - 1) / Warp.Lanes];
        for (int index = 0; index < Warps.Length; index++) Warps[index] = new Warp(this, program, index, threads - (index * Warp.Lanes));
    }

    public PtxMachine Machine { get; }

    public KernelProgram Program { get; }

    public Dim3 Grid { get; }

    public Dim3 Size { get; }

    /// <summary>Where in the grid the block is.</summary>
    public Dim3 Place { get; private set; }

    /// <summary>The number of the block in the grid; x runs fastest.</summary>
    public int Number { get; private set; }

    /// <summary>The number of the launch on its machine.</summary>
    public int Launch { get; }

    /// <summary>Counts the barriers of all blocks of the launch.</summary>
    public int Epoch { get; private set; }

    public int DynamicBytes { get; }

    public byte[] Parameters { get; }

    public SharedMemory Shared { get; }

    public Warp[] Warps { get; }

    public LaunchCounters Counters { get; }

    public void Begin(int number)
    {
        Number = number;
        Place = Grid.At(number);
        Epoch++;
        Shared.BeginBlock();
        foreach (var warp in Warps) warp.Begin();
    }

    public void PassBarrier()
    {
        Epoch++;
        Shared.PassBarrier();
        Counters.Barriers++;
    }

    public void Dispose()
    {
        Shared.Dispose();
        foreach (var warp in Warps) warp.Dispose();
    }
}

/// <summary>The extents of a launch.</summary>
internal sealed record LaunchShape(Dim3 Grid, Dim3 Block, int DynamicBytes, int Number);
