using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>How kernels use memory, counted by the interpreter: whole sectors of 32 bytes, and shared memory without bank conflicts.</summary>
public sealed class TrafficTests
{
    private const int SectorBytes = 32;

    public static TheoryData<string, int> Products
    {
        get
        {
            var data = new TheoryData<string, int>();
            for (int tile = 0; tile < TileShape.All.Count; tile++)
            {
                foreach (string form in new[] { "Forward", "InputGradient", "WeightGradient" }) data.Add(form, tile);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void ProductsReadWholeSectorsAndHaveNoBankConflicts(string form, int tileIndex)
    {
        TileShape tile = TileShape.All[tileIndex];
        const int depth = 32;
        (int rows, int inputs, int outputs) = form switch
        {
            "Forward" => (tile.Rows, depth, tile.Columns),
            "InputGradient" => (tile.Rows, tile.Columns, depth),
            _ => (depth, tile.Rows, tile.Columns),
        };
        LinearShape shape = new(Extent.Of(rows), inputs, outputs);
        PtxKernel kernel = form switch
        {
            "Forward" => LinearKernels.Forward(shape, LinearBias.None, null, Addend.None, tile),
            "InputGradient" => LinearKernels.InputGradient(shape, Addend.None, tile),
            _ => LinearKernels.WeightGradient(shape, Addend.None, tile),
        };
        using var device = new Device();
        int left = form == "InputGradient" || form == "WeightGradient" ? rows * outputs : rows * inputs, right = form == "WeightGradient" ? rows * inputs : inputs * outputs;
        int result = form switch { "Forward" => rows * outputs, "InputGradient" => rows * inputs, _ => inputs * outputs };
        device.Run(kernel, device.Of(new float[left]), device.Of(new float[right]), device.Unwritten(result));
        AssertWholeSectors(device.LastLaunch);
        Assert.NotEqual(0, device.LastLaunch.Instructions.Sum(instruction => instruction.SharedWavefronts));
        Assert.Equal(0, device.LastLaunch.Instructions.Sum(instruction => instruction.BankConflicts));
    }

    [Fact]
    public void AFewRowsReadWholeSectorsOfTheWeight()
    {
        using var device = new Device();
        PtxKernel kernel = LinearKernels.Forward(new(Extent.Of(1), 512, 16), LinearBias.None, null, Addend.None);
        device.Run(kernel, device.Of(new float[512]), device.Of(new float[512 * 16]), device.Unwritten(16));
        InstructionTrace[] loads = [.. device.LastLaunch.Instructions.Where(instruction => instruction.Instruction.Name.Contains("ld.global.v4", StringComparison.Ordinal))];
        Assert.NotEmpty(loads);
        Assert.Equal(512 * 16 * 4 / SectorBytes, loads.Sum(load => load.GlobalSectors));
    }

    /// <summary>No request for vectors touches more sectors than its bytes fill.</summary>
    private static void AssertWholeSectors(LaunchTrace trace)
    {
        InstructionTrace[] requests = [.. trace.Instructions.Where(instruction => instruction.Instruction.Name.Contains(".global.v4", StringComparison.Ordinal))];
        Assert.NotEmpty(requests);
        Assert.All(requests, request => Assert.Equal(request.LaneCount * 16 / SectorBytes, request.GlobalSectors));
    }
}
