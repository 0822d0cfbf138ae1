using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>What products on tensor cores do, counted by the interpreter: what could not be measured without a device.</summary>
public sealed class MatrixTrafficTests
{
    private const int SectorBytes = 32;

    public static TheoryData<string, string, int> Products
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (string form in new[] { "Forward", "InputGradient", "WeightGradient" })
            {
                foreach (Precision precision in new[] { Precision.Tf32, Precision.BFloat16 })
                {
                    for (int tile = 0; tile < MatrixTile.All(precision).Count; tile++) data.Add(form, precision.ToString(), tile);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void ProductsReadWholeSectorsAndHaveNoBankConflicts(string form, string precision, int tileIndex)
    {
        MatrixTile tile = TileOf(precision, tileIndex);
        LaunchTrace trace = Run(form, tile, depth: 5 * tile.Depth, edge: 0);
        InstructionTrace[] requests = [.. trace.Instructions.Where(instruction => instruction.GlobalSectors > 0)];
        Assert.NotEmpty(requests);
        Assert.All(requests, request => Assert.Equal(request.LaneCount * 16 / SectorBytes, request.GlobalSectors));
        Assert.NotEqual(0, trace.Instructions.Sum(instruction => instruction.SharedWavefronts));
        Assert.Equal(0, trace.BankConflicts);
    }

    /// <summary>A copy of one element to a lane takes 2 lines of 16 depths or a depth of 32 lines, which begin anywhere: 6 sectors at most for 4 sectors' bytes.</summary>
    [Theory]
    [MemberData(nameof(Products))]
    public void OddSizesHaveNoBankConflictsAndFewSectors(string form, string precision, int tileIndex)
    {
        LaunchTrace trace = Run(form, TileOf(precision, tileIndex), depth: 51, edge: 3);
        InstructionTrace[] copies = [.. trace.Instructions.Where(instruction => instruction.Instruction.Name.StartsWith("cp.async.c", StringComparison.Ordinal) && instruction.GlobalSectors > 0)];
        Assert.NotEmpty(copies);
        Assert.All(copies, copy => Assert.InRange(copy.GlobalSectors, 0, copy.Requests * (copy.Instruction.Name.Contains(".ca.", StringComparison.Ordinal) ? 6 : 16)));
        Assert.Equal(0, trace.BankConflicts);
    }

    /// <summary>
    /// Of the large tile, for each warp and 64 bytes of depth (16 of tf32, 32 of bfloat16) of its 64 by 64 part: 64 products, 16 loads of 512 bytes, of tf32 a rounding for
    /// each 32 words of factors, and 8 copies; all else is the loop. So a scheduler, which gives out one instruction in each cycle, is asked for less than 2.9 (tf32) and 1.9 (bfloat16) for
    /// each product, which keeps the tensor cores of sm_80 for 8 cycles and those of sm_90 for 4 at least.
    /// </summary>
    [Theory]
    [InlineData("Forward", "Tf32", 64, 64)]
    [InlineData("InputGradient", "Tf32", 64, 64)]
    [InlineData("WeightGradient", "Tf32", 64, 64)]
    [InlineData("Forward", "BFloat16", 64, 0)]
    [InlineData("InputGradient", "BFloat16", 64, 0)]
    [InlineData("WeightGradient", "BFloat16", 64, 0)]
    public void TheInnerLoopIsMostlyProducts(string form, string precision, int products, int roundings)
    {
        MatrixTile tile = TileOf(precision, 0);
        const int shallow = 128, tiles = 4;
        LaunchTrace before = Run(form, tile, shallow, edge: 0), after = Run(form, tile, shallow + (tiles * tile.Depth), edge: 0);
        int warpTiles = tiles * tile.Threads / 32;
        long Count(Func<string, bool> isOne) =>
            (after.ByName.Where(entry => isOne(entry.Key)).Sum(entry => entry.Value) - before.ByName.Where(entry => isOne(entry.Key)).Sum(entry => entry.Value)) / warpTiles;
        Assert.Equal(products, Count(name => name.StartsWith("mma.", StringComparison.Ordinal)));
        Assert.Equal(roundings, Count(name => name.StartsWith("cvt.", StringComparison.Ordinal)));
        Assert.Equal(16, Count(name => name.StartsWith("ldmatrix", StringComparison.Ordinal) || name.StartsWith("ld.shared.v4", StringComparison.Ordinal)));
        Assert.Equal(8, Count(name => name.StartsWith("cp.async.cg", StringComparison.Ordinal)));
        Assert.Equal(1, Count(name => name.StartsWith("bar.", StringComparison.Ordinal)));
        long others = Count(_ => true) - products - roundings - 16 - 8;
        Assert.InRange(others, 1, 28);
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void BlocksFitTheirMultiprocessors(string form, string precision, int tileIndex)
    {
        PtxKernel kernel = KernelOf(form, TileOf(precision, tileIndex), 1024, 768, 3072);
        int least = tileIndex == 0 ? 2 : 3;
        Assert.InRange(DeviceLimits.Ampere.Blocks(kernel), least, 8);
        Assert.InRange(DeviceLimits.Hopper.Blocks(kernel), least, 8);
    }

    /// <summary>At 2 blocks to a multiprocessor, those that run at once on an A100 read less than a seventh of what they would each alone.</summary>
    [Fact]
    public void BlocksThatRunAtOnceShareWhatTheyRead()
    {
        const int rows = 64, columns = 393, atOnce = 216;
        (int Row, int Column)[] tiles = [.. Enumerable.Range(0, rows * columns).Select(block => TileOfBlock(block, rows, columns))];
        Assert.Equal(rows * columns, tiles.Distinct().Count());
        for (int first = 0; first + atOnce <= tiles.Length; first += atOnce)
        {
            (int Row, int Column)[] wave = tiles[first..(first + atOnce)];
            int read = wave.Select(tile => tile.Row).Distinct().Count() + wave.Select(tile => tile.Column).Distinct().Count();
            Assert.InRange(read, 1, 2 * atOnce / 7);
        }
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(16, 3)]
    [InlineData(37, 3)]
    [InlineData(48, 2)]
    public void EveryTileIsOneBlocks(int rows, int columns)
    {
        var k = new PtxBuilder("Order", "places of blocks", new LaunchSize(rows * columns), new LaunchSize(1));
        GlobalAddress places = k.Buffer("places");
        (U32 row, U32 column) = BlockOrder.Of(k, rows, columns);
        k.StoreWord(k.Element(places, k.BlockX), k.MultiplyAdd(row, 1000, column));
        using var device = new Device();
        DeviceBuffer written = device.Of(new int[rows * columns]);
        device.Run(k.Build(), written);
        Assert.Equal(Enumerable.Range(0, rows * columns).Select(block => TileOfBlock(block, rows, columns)), written.Words().Select(place => (place / 1000, place % 1000)));
    }

    /// <summary>Bands of 16 rows, by columns.</summary>
    private static (int Row, int Column) TileOfBlock(int block, int rows, int columns)
    {
        int band = block / (16 * columns), height = Math.Min(16, rows - (16 * band)), place = block % (16 * columns);
        return ((16 * band) + (place % height), place / height);
    }

    private static MatrixTile TileOf(string precision, int index) => MatrixTile.All(Enum.Parse<Precision>(precision))[index];

    /// <summary>A form whose product is one tile, or with an edge some more on both sides.</summary>
    private static LaunchTrace Run(string form, MatrixTile tile, int depth, int edge)
    {
        (int rows, int inputs, int outputs) = form switch
        {
            "Forward" => (tile.Rows + edge, depth, tile.Columns + edge),
            "InputGradient" => (tile.Rows + edge, tile.Columns + edge, depth),
            _ => (depth, tile.Rows + edge, tile.Columns + edge),
        };
        using var device = new Device();
        int Padded(int extent) => (extent + 15) / 16 * 16;
        DeviceBuffer Rows(int columns) => Factors.Rows(device, tile, new float[rows * columns], Extent.Of(rows), columns);
        DeviceBuffer Weight() => Factors.Weight(device, tile, new float[outputs * inputs], outputs, inputs);
        (DeviceBuffer left, DeviceBuffer right, int result) = form switch
        {
            "Forward" => (Rows(inputs), Weight(), rows * outputs),
            "InputGradient" => (Rows(outputs), Weight(), rows * inputs),
            _ => (Rows(outputs), Factors.Panels(device, tile, new float[rows * inputs], rows, inputs), inputs * Padded(outputs)),
        };
        device.Run(KernelOf(form, tile, rows, inputs, outputs), left, right, device.Unwritten(result));
        return device.LastLaunch;
    }

    private static PtxKernel KernelOf(string form, MatrixTile tile, int rows, int inputs, int outputs)
    {
        LinearShape shape = new(Extent.Of(rows), inputs, outputs, tile.Precision);
        return form switch
        {
            "Forward" => LinearKernels.Forward(shape, LinearBias.None, null, Addend.None, tile),
            "InputGradient" => LinearKernels.InputGradient(shape, Addend.None, tile),
            _ => LinearKernels.WeightGradient(shape, Addend.None, tile),
        };
    }
}
