using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>A driver that is ready, and its devices.</summary>
internal sealed class CudaPlatform
{
    private CudaPlatform(ICudaDriver driver, CudaVersion version)
    {
        Driver = driver;
        Version = version;
    }

    public ICudaDriver Driver { get; }

    /// <summary>The newest CUDA that the driver supports.</summary>
    public CudaVersion Version { get; }

    public IReadOnlyList<CudaDevice> Devices { get; private set; } = [];

    /// <summary>Checks the driver's version, starts it and asks for its devices.</summary>
    /// <exception cref="CudaUnavailableException">It is too old, cannot be started, or has no device.</exception>
    public static unsafe CudaPlatform Open(ICudaDriver driver)
    {
        try
        {
            int version = 0;
            driver.Check(driver.cuDriverGetVersion(&version), nameof(driver.cuDriverGetVersion));
            if (version < DriverConstants.MinimumVersion)
                throw new CudaUnavailableException($"The CUDA driver supports CUDA {CudaVersion.Of(version)}. {DriverAdvice.MinimumDriver}");

            driver.Check(driver.cuInit(0), nameof(driver.cuInit));
            int count = 0;
            driver.Check(driver.cuDeviceGetCount(&count), nameof(driver.cuDeviceGetCount));
            if (count == 0) throw new CudaUnavailableException("The CUDA driver has no device. " + DriverAdvice.For(CUresult.CUDA_ERROR_NO_DEVICE));

            var platform = new CudaPlatform(driver, CudaVersion.Of(version));
            platform.Devices = [.. Enumerable.Range(0, count).Select(ordinal => CudaDevice.Of(platform, ordinal))];
            return platform;
        }
        catch (CudaException exception)
        {
            throw new CudaUnavailableException("CUDA cannot be used: " + exception.Message, exception);
        }
    }
}
