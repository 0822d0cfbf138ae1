using System.Text;
using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>A GPU. <see cref="CudaContext"/> makes it usable.</summary>
public sealed unsafe class CudaDevice
{
    private const int NameBytes = 256;

    private CudaDevice(CudaPlatform platform, int ordinal, int handle)
    {
        Platform = platform;
        Ordinal = ordinal;
        Handle = handle;
        Name = ReadName();
        ComputeCapability = new ComputeCapability(
            Attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
            Attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR));
        Multiprocessors = Attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        ThreadsPerBlock = Attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
        SharedMemoryPerBlock = Attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK);
        SharedMemoryPerBlockOnRequest = Attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
        SharedMemoryPerMultiprocessor = Attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR);
        nuint bytes = 0;
        Driver.Check(Driver.cuDeviceTotalMem_v2(&bytes, handle), nameof(Driver.cuDeviceTotalMem_v2));
        Memory = checked((long)bytes);
    }

    /// <summary>The device's number among those of the driver.</summary>
    public int Ordinal { get; }

    /// <summary>Such as <c>NVIDIA A100-SXM4-80GB</c>.</summary>
    public string Name { get; }

    /// <summary>What generation it is of.</summary>
    public ComputeCapability ComputeCapability { get; }

    /// <summary>The newest CUDA that the device's driver supports.</summary>
    public CudaVersion DriverVersion => Platform.Version;

    /// <summary>All its memory, in bytes.</summary>
    public long Memory { get; }

    /// <summary>Its streaming multiprocessors.</summary>
    public int Multiprocessors { get; }

    /// <summary>The most threads that a block may have.</summary>
    public int ThreadsPerBlock { get; }

    /// <summary>The most shared memory that a block has without asking, in bytes.</summary>
    public int SharedMemoryPerBlock { get; }

    /// <summary>The most shared memory that a block has where its kernel asks for it, as <see cref="CudaKernel"/> does, in bytes.</summary>
    public int SharedMemoryPerBlockOnRequest { get; }

    /// <summary>The shared memory of a multiprocessor, in bytes.</summary>
    public int SharedMemoryPerMultiprocessor { get; }

    internal CudaPlatform Platform { get; }

    internal ICudaDriver Driver => Platform.Driver;

    internal int Handle { get; }

    /// <summary>Name, compute capability and memory.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Name} (compute capability {ComputeCapability}, {Memory / (1024 * 1024)} MiB, CUDA {DriverVersion})");

    internal static CudaDevice Of(CudaPlatform platform, int ordinal)
    {
        int handle = 0;
        platform.Driver.Check(platform.Driver.cuDeviceGet(&handle, ordinal), nameof(ICudaDriver.cuDeviceGet));
        return new CudaDevice(platform, ordinal, handle);
    }

    private string ReadName()
    {
        byte* name = stackalloc byte[NameBytes];
        Driver.Check(Driver.cuDeviceGetName(name, NameBytes, Handle), nameof(Driver.cuDeviceGetName));
        var bytes = new ReadOnlySpan<byte>(name, NameBytes);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private int Attribute(CUdevice_attribute attribute)
    {
        int value = 0;
        Driver.Check(Driver.cuDeviceGetAttribute(&value, attribute, Handle), nameof(Driver.cuDeviceGetAttribute));
        return value;
    }
}
