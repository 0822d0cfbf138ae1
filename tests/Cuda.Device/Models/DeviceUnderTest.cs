using Transformer.Compiled.Cuda;

namespace Models.Tests;

/// <summary>The machine's first device, for all tests of models.</summary>
internal static class DeviceUnderTest
{
    public static CudaContext Context { get; } = new(Cuda.Devices[0]);
}
