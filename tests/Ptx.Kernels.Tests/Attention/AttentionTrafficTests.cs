using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>How attention uses memory, counted by the interpreter on whole tiles: whole sectors of 32 bytes, and few bank conflicts.</summary>
public sealed class AttentionTrafficTests
{
    private const int Length = 128;

    /// <summary>Of the passes over shared memory: the products have no conflicts, what is staged and what is done between products has few.</summary>
    private const double MostConflicts = 0.1;

    [Theory]
    [InlineData("Forward", 64)]
    [InlineData("Forward", 256)]
    [InlineData("Queries", 64)]
    [InlineData("KeysAndValues", 64)]
    [InlineData("KeysAndValues", 128)]
    public void Tiles_are_read_in_whole_sectors_with_few_bank_conflicts(string direction, int headDim)
    {
        SequenceAttention attention = new AttentionCase(1, Length, Length, 1, 1, headDim, headDim).Kernel;
        LaunchTrace trace = Run(direction switch
        {
            "Forward" => FlashAttentionKernels.Forward(attention, LogNormalizers.Kept),
            "Queries" => AttentionGradientKernels.Queries(attention, WeightGradient.None, ScoreGradient.Dropped),
            _ => AttentionGradientKernels.KeysAndValues(attention, WeightGradient.None),
        });
        long passes = trace.Instructions.Sum(instruction => instruction.IdealSharedWavefronts);
        Assert.InRange(trace.BankConflicts, 0, (long)(MostConflicts * passes));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    public void A_row_reads_its_cache_once_and_has_no_bank_conflicts(int headDim)
    {
        LaunchTrace trace = Run(CachedAttentionKernels.Of(new CacheCase(1, 1, Length, 1, 1, headDim, headDim).Kernel), position: Length - 1);
        Assert.Equal(0, trace.BankConflicts);
        const int small = 256;
        Assert.InRange(trace.GlobalSectors, 2 * Length * headDim / 8, (2 * Length * headDim / 8) + small);
    }

    /// <summary>Runs a kernel on zeros, and checks that what is loaded or stored by fours fills its sectors.</summary>
    private static LaunchTrace Run(PtxKernel kernel, int? position = null)
    {
        using var device = new Device();
        object[] arguments = [.. kernel.Parameters.Select(_ => (object)device.Of(new float[Length * 256]))];
        if (position is { } last) arguments[3] = device.Of([last]);
        device.Run(kernel, arguments);
        InstructionTrace[] vectors = [.. device.LastLaunch.Instructions.Where(instruction => instruction.GlobalSectors > 0 && instruction.Instruction.Name.Contains(".v4", StringComparison.Ordinal))];
        Assert.NotEmpty(vectors);
        Assert.All(vectors, vector => Assert.InRange(vector.GlobalSectors * 32, 1, vector.LaneCount * 16));
        return device.LastLaunch;
    }
}
