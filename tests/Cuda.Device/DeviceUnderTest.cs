namespace Transformer.Compiled.Cuda.Tests;

/// <summary>The machine's first device.</summary>
internal sealed class DeviceUnderTest : IDisposable
{
    private DeviceUnderTest(CudaContext context) => Context = context;

    public CudaContext Context { get; }

    public static DeviceUnderTest Open() => new(new CudaContext(Cuda.Devices[0]));

    public void Dispose() => Context.Dispose();
}
