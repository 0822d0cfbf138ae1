using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

/// <summary>An interpreted device, which at the end demands that everything was given back and nothing misused.</summary>
internal sealed class DeviceUnderTest : IDisposable
{
    private readonly InterpretedDevice _device = new();

    private DeviceUnderTest() => Context = new CudaContext(_device.Device);

    public CudaContext Context { get; }

    public static DeviceUnderTest Open() => new();

    public void Dispose()
    {
        Context.Dispose();
        Assert.Empty(_device.Complaints);
        _device.Dispose();
    }
}
