using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Ptx.Kernels.Tests;

/// <summary>Every barrier and wait of products on tensor cores is needed: without any one of them threads race or read what has not landed, and the interpreter says so.</summary>
public sealed class MatrixBarrierTests
{
    private const string Barrier = "bar.sync 0;";
    private const string Wait = "cp.async.wait_group ";

    [Theory]
    [InlineData("Tf32")]
    [InlineData("BFloat16")]
    public void BarriersAndWaitsAreNeeded(string precision)
    {
        MatrixTile tile = MatrixTile.All(Enum.Parse<Precision>(precision))[0];
        PtxKernel kernel = LinearKernels.Forward(new(Extent.Of(tile.Rows), 96, tile.Columns, tile.Precision), LinearBias.None, null, Addend.None, tile);
        Run(kernel);
        string[] parts = kernel.Text.Split(Barrier);
        Assert.Equal(4, parts.Length);
        for (int missing = 1; missing < parts.Length; missing++)
            AssertFails(kernel, string.Join(Barrier, parts[..missing]) + string.Join(Barrier, parts[missing..]));
        Assert.Contains($"{Wait}{tile.Stages - 2};", kernel.Text, StringComparison.Ordinal);
        AssertFails(kernel, kernel.Text.Replace($"{Wait}{tile.Stages - 2};", $"{Wait}{tile.Stages - 1};", StringComparison.Ordinal));
    }

    private static void AssertFails(PtxKernel kernel, string text) => Assert.Throws<PtxException>(() => Run(kernel with { Text = text }));

    private static void Run(PtxKernel kernel)
    {
        using var device = new Device();
        device.Run(kernel, [.. kernel.Parameters.Select(_ => (object)device.Of(new float[128 * 128]))]);
    }
}
