using Transformer.Compiled.Cuda.Driver;
using Transformer.Compiled.Cuda.Simulation;

namespace Transformer.Compiled.Cuda.Tests;

public sealed class CudaPlatformTests
{
    [Fact]
    public void DevicesTellWhatTheyAre()
    {
        using var simulated = new SimulatedDevice();
        CudaDevice device = simulated.Device;
        Assert.Equal(0, device.Ordinal);
        Assert.Equal("Simulated A100", device.Name);
        Assert.Equal(new ComputeCapability(8, 0), device.ComputeCapability);
        Assert.Equal(new CudaVersion(12, 4), device.DriverVersion);
        Assert.Equal(1L << 30, device.Memory);
        Assert.Equal(48 * 1024, device.SharedMemoryPerBlock);
        Assert.Equal(163 * 1024, device.SharedMemoryPerBlockOnRequest);
        Assert.Equal(164 * 1024, device.SharedMemoryPerMultiprocessor);
        Assert.Equal("Simulated A100 (compute capability 8.0, 1024 MiB, CUDA 12.4)", device.ToString());
    }

    [Fact]
    public void CapabilitiesAreOrdered()
    {
        var ampere = new ComputeCapability(8, 0);
        Assert.True(new ComputeCapability(9, 0).Runs(ampere));
        Assert.True(ampere.Runs(ampere));
        Assert.False(new ComputeCapability(7, 5).Runs(ampere));
    }

    [Fact]
    public void AnOldDriverIsRefusedBeforeItIsStarted()
    {
        using var driver = new SimulatedDriver(new NotingEngine(), new SimulatedDriverOptions { Version = 10020 });
        string message = Assert.Throws<CudaUnavailableException>(() => CudaPlatform.Open(driver)).Message;
        Assert.Equal("The CUDA driver supports CUDA 10.2. CUDA 11.0 is needed, which is NVIDIA's driver 450 on Linux and 451 on Windows, or newer: update the driver.", message);
        Assert.DoesNotContain(nameof(ICudaDriver.cuInit), driver.Calls);
    }

    [Fact]
    public void ADriverWithoutDevicesIsNotAvailable()
    {
        using var driver = new SimulatedDriver(new NotingEngine(), new SimulatedDriverOptions { DeviceCount = 0 });
        Assert.Contains("CUDA_VISIBLE_DEVICES", Assert.Throws<CudaUnavailableException>(() => CudaPlatform.Open(driver)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(34, "CUDA_ERROR_STUB_LIBRARY", "the CUDA toolkit's stub")]
    [InlineData(100, "CUDA_ERROR_NO_DEVICE", "CUDA_VISIBLE_DEVICES")]
    [InlineData(802, "CUDA_ERROR_SYSTEM_NOT_READY", "nvidia-fabricmanager")]
    [InlineData(803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "restart the machine")]
    [InlineData(804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE", "forward compatibility")]
    public void ADriverThatDoesNotStartSaysWhatToDo(int code, string name, string advice)
    {
        using var driver = new SimulatedDriver(new NotingEngine());
        driver.Fail(nameof(ICudaDriver.cuInit), (CUresult)code);
        var thrown = Assert.Throws<CudaUnavailableException>(() => CudaPlatform.Open(driver));
        Assert.StartsWith($"CUDA cannot be used: cuInit returned {name} ({code}): ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(advice, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(code, Assert.IsType<CudaException>(thrown.InnerException).Code);
    }

    [Fact]
    public void ACodeThatNobodyKnowsIsShownAsItIs()
    {
        using var driver = new SimulatedDriver(new NotingEngine());
        driver.Fail(nameof(ICudaDriver.cuInit), (CUresult)12345);
        Assert.Equal(
            "CUDA cannot be used: cuInit returned an unknown code (12345).", Assert.Throws<CudaUnavailableException>(() => CudaPlatform.Open(driver)).Message);
    }
}
