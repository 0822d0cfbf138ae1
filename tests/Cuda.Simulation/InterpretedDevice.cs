using Transformer.Compiled.Ptx;

namespace Transformer.Compiled.Cuda.Simulation;

/// <summary>
/// A device for tests that need kernels to be executed, on the interpreter of PTX, behind the driver's interface: all above that is what runs on a
/// real one. Work is done when somebody waits for it; what a kernel does wrong is the exception of that wait, with kernel, line and thread.
/// </summary>
public sealed class InterpretedDevice : IDisposable
{
    private readonly SimulatedDriver _driver;
    private readonly InterpreterEngine _engine;

    /// <summary>Makes a device.</summary>
    /// <param name="options">How the interpreter runs; the default looks for races and for what nobody has written.</param>
    public InterpretedDevice(PtxMachineOptions? options = null)
    {
        _engine = new InterpreterEngine(options ?? new PtxMachineOptions());
        _driver = new SimulatedDriver(_engine, new SimulatedDriverOptions { DeviceName = "PTX interpreter", MemoryBytes = 1L << 32 });
        Device = CudaPlatform.Open(_driver).Devices[0];
    }

    /// <summary>The device.</summary>
    public CudaDevice Device { get; }

    /// <summary>What executes its kernels.</summary>
    public PtxMachine Machine => _engine.Machine;

    /// <summary>What was used wrongly, or never given back: nothing, where all is well.</summary>
    public IReadOnlyList<string> Complaints =>
        _driver.Outstanding == 0 ? _driver.Complaints : [.. _driver.Complaints, $"{_driver.Outstanding} objects were not given back"];

    /// <summary>The driver's calls so far, by name, in order.</summary>
    public IReadOnlyList<string> Calls => _driver.Calls;

    /// <summary>Frees the memory.</summary>
    public void Dispose() => _driver.Dispose();
}
