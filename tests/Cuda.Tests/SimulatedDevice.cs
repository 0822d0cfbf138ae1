using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

/// <summary>A simulated device that notes launches. Disposing it demands that everything was given back, once, and nothing was misused.</summary>
internal sealed class SimulatedDevice : IDisposable
{
    public SimulatedDevice(SimulatedDriverOptions? options = null)
    {
        Driver = new SimulatedDriver(Engine, options);
        Device = CudaPlatform.Open(Driver).Devices[0];
        Context = new CudaContext(Device);
    }

    public NotingEngine Engine { get; } = new();

    public SimulatedDriver Driver { get; }

    public CudaDevice Device { get; }

    public CudaContext Context { get; }

    public void Dispose()
    {
        Context.Dispose();
        Assert.Empty(Driver.Complaints);
        Assert.Equal(0, Driver.Outstanding);
        Driver.Dispose();
    }
}
