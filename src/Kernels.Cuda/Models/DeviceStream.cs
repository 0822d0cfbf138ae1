namespace Transformer.Compiled.Cuda;

/// <summary>Where a session or trainer runs: a stream of the context that it was given, or of one of its own on the first device.</summary>
internal sealed class DeviceStream : IDisposable
{
    private readonly CudaContext? _own;

    /// <param name="context">The device; the first one when null.</param>
    /// <exception cref="CudaUnavailableException">There is no device: the message says why.</exception>
    public DeviceStream(CudaContext? context)
    {
        if (context is null) context = _own = new CudaContext(Cuda.Devices[0]);
        try
        {
            Stream = new CudaStream(context);
        }
        catch
        {
            _own?.Dispose();
            throw;
        }
    }

    public CudaStream Stream { get; }

    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        finally
        {
            _own?.Dispose();
        }
    }
}
