using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>The CUDA driver of this machine. It is looked for once, when one of the members is first asked for.</summary>
public static class Cuda
{
    private static readonly Lazy<(CudaPlatform? Platform, CudaUnavailableException? Reason)> Found = new(Find);

    /// <summary>Whether there is a driver of CUDA 11.0 or newer with at least one device. Never throws.</summary>
    public static bool IsAvailable => Found.Value.Platform is not null;

    /// <summary>Why <see cref="IsAvailable"/> is false, with what was looked for and where; null where it is true.</summary>
    public static string? UnavailableReason => Found.Value.Reason?.Message;

    /// <summary>The devices, in the driver's order (<c>CUDA_VISIBLE_DEVICES</c> and <c>CUDA_DEVICE_ORDER</c> change it); at least one.</summary>
    /// <exception cref="CudaUnavailableException">There is none, or no driver that could be used: the message says why.</exception>
    public static IReadOnlyList<CudaDevice> Devices =>
        Found.Value.Platform?.Devices ?? throw new CudaUnavailableException(UnavailableReason!, Found.Value.Reason);

    private static (CudaPlatform? Platform, CudaUnavailableException? Reason) Find()
    {
        try
        {
            return (CudaPlatform.Open(NativeCudaDriver.Load()), null);
        }
        catch (CudaUnavailableException reason)
        {
            return (null, reason);
        }
    }
}
