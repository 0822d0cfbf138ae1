using Transformer.Compiled.Cuda.Benchmarks;

namespace Transformer.Compiled.Cuda.Tests;

/// <summary>Devices are known by the names that drivers give; of what is not known no peak is told.</summary>
public sealed class DevicePeaksTests
{
    [Theory]
    [InlineData("NVIDIA A100-SXM4-40GB", 1555)]
    [InlineData("NVIDIA A100-SXM4-80GB", 2039)]
    [InlineData("NVIDIA A100 80GB PCIe", 1935)]
    [InlineData("NVIDIA H100 80GB HBM3", 3352)]
    [InlineData("NVIDIA H100 PCIe", 2039)]
    [InlineData("NVIDIA H200", 4800)]
    [InlineData("NVIDIA L4", 300)]
    [InlineData("NVIDIA GeForce RTX 4090", 1008)]
    [InlineData("Tesla T4", 320)]
    [InlineData("Tesla V100-SXM2-16GB", 900)]
    public void KnownDevicesHaveTheirBandwidth(string name, double bandwidth) => Assert.Equal(bandwidth, DevicePeaks.Of(name)!.Bandwidth);

    [Theory]
    [InlineData("NVIDIA A100-SXM4-40GB MIG 1g.5gb")]
    [InlineData("NVIDIA GeForce RTX 4090 Laptop GPU")]
    [InlineData("NVIDIA GeForce RTX 4090 D")]
    [InlineData("NVIDIA L40S")]
    [InlineData("NVIDIA GH200 480GB")]
    [InlineData("PTX interpreter")]
    public void PartsVariantsAndOthersHaveNone(string name) => Assert.Null(DevicePeaks.Of(name));

    [Fact]
    public void PeaksAreOfThePrecision()
    {
        DevicePeaks peaks = DevicePeaks.Of("NVIDIA A100-SXM4-40GB")!;
        Assert.Equal([19.5e12, 156e12, 312e12], new[] { Precision.Float32, Precision.Tf32, Precision.BFloat16 }.Select(precision => peaks.OperationsOf(precision)!.Value));
        Assert.Null(DevicePeaks.Of("Tesla T4")!.OperationsOf(Precision.BFloat16));
    }
}
