using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

/// <summary>An interpreted device of the thread that runs a test, so that tests run side by side.</summary>
internal static class DeviceUnderTest
{
    [ThreadStatic]
    private static CudaContext? _context;

    public static CudaContext Context => _context ??= new CudaContext(new InterpretedDevice().Device);
}
