using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>A kernel of a module with the shape of its launches. It lives as long as the module.</summary>
/// <remarks>Its parameters are addresses and words: everything else is compiled in, or lies in a <see cref="CudaControlBlock"/>.</remarks>
public sealed unsafe class CudaKernel
{
    /// <summary>The most parameters that a kernel may have.</summary>
    public const int MaximumParameters = 64;

    private static readonly CudaDimensions LargestGrid = new(int.MaxValue, 65535, 65535);
    private static readonly CudaDimensions LargestBlock = new(1024, 1024, 64);

    private readonly CudaParameter[] _parameters;

    /// <summary>Finds a kernel and prepares it for its launches.</summary>
    /// <param name="module">Where it is.</param>
    /// <param name="name">Its entry's name.</param>
    /// <param name="parameters">What it takes, in order. Drivers since CUDA 12.4 know, and are asked.</param>
    /// <param name="shape">Its launches.</param>
    /// <exception cref="CudaException">The module has no such entry.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The shape is more than a launch, the kernel or the device takes.</exception>
    /// <exception cref="ArgumentException">The kernel has other parameters.</exception>
    public CudaKernel(CudaModule module, string name, ReadOnlySpan<CudaParameter> parameters, CudaLaunchShape shape)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parameters.Length, MaximumParameters, nameof(parameters));
        ArgumentOutOfRangeException.ThrowIfNegative(shape.DynamicSharedBytes);
        shape.Grid.Require(LargestGrid, name, "grid");
        shape.Block.Require(LargestBlock, name, "block");
        Module = module;
        Name = name;
        _parameters = parameters.ToArray();
        Shape = shape;
        Function = module.Function(name);
        Registers = Attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS);
        LocalBytes = Attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
        SharedBytes = Attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
        ThreadsPerBlock = Attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
        RequireParameters();
        RequireThreads();
        RequireSharedMemory();
    }

    /// <summary>As the other, for a kernel all of whose parameters are addresses.</summary>
    /// <param name="module">Where it is.</param>
    /// <param name="name">Its entry's name.</param>
    /// <param name="addresses">How many it takes.</param>
    /// <param name="shape">Its launches.</param>
    /// <inheritdoc cref="CudaKernel(CudaModule, string, ReadOnlySpan{CudaParameter}, CudaLaunchShape)" path="/exception"/>
    public CudaKernel(CudaModule module, string name, int addresses, CudaLaunchShape shape)
        : this(module, name, new CudaParameter[addresses], shape)
    {
    }

    /// <summary>Where it is.</summary>
    public CudaModule Module { get; }

    /// <summary>Its entry's name.</summary>
    public string Name { get; }

    /// <summary>What it takes, in order.</summary>
    public ReadOnlySpan<CudaParameter> Parameters => _parameters;

    /// <summary>Its launches.</summary>
    public CudaLaunchShape Shape { get; }

    /// <summary>Registers of a thread, as compiled for the device.</summary>
    public int Registers { get; }

    /// <summary>Bytes of local memory of a thread: where they are not 0, registers did not suffice and are kept in slow memory.</summary>
    public int LocalBytes { get; }

    /// <summary>Bytes of shared memory of a block that the kernel declares, without the dynamic ones of <see cref="Shape"/>.</summary>
    public int SharedBytes { get; }

    /// <summary>The most threads that a block of it may have.</summary>
    public int ThreadsPerBlock { get; }

    internal nint Function { get; }

    /// <summary>Its name and what it takes of a multiprocessor.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Name}: grid {Shape.Grid}, block {Shape.Block}, {Registers} registers, {SharedBytes + Shape.DynamicSharedBytes} shared bytes, {LocalBytes} local bytes");

    private int Attribute(CUfunction_attribute attribute)
    {
        int value = 0;
        ICudaDriver driver = Module.Context.Driver;
        Module.Context.Check(driver.cuFuncGetAttribute(&value, attribute, Function), nameof(driver.cuFuncGetAttribute));
        return value;
    }

    private void RequireParameters()
    {
        ICudaDriver driver = Module.Context.Driver;
        if (!driver.Has(nameof(driver.cuFuncGetParamInfo))) return;
        nuint offset = 0, size = 0;
        for (int index = 0; index < Parameters.Length; index++)
        {
            CUresult result = driver.cuFuncGetParamInfo(Function, (nuint)index, &offset, &size);
            if (result == CUresult.CUDA_ERROR_INVALID_VALUE)
                throw new ArgumentException($"Kernel '{Name}' has {index} parameters, not {Parameters.Length}.", "parameters");
            Module.Context.Check(result, nameof(driver.cuFuncGetParamInfo));
            int expected = Parameters[index] == CudaParameter.Address ? sizeof(ulong) : sizeof(uint);
            if (size != (nuint)expected)
                throw new ArgumentException($"Kernel '{Name}': parameter {index} has {size} bytes, not the {expected} of {Describe(Parameters[index])}.", "parameters");
        }

        if (driver.cuFuncGetParamInfo(Function, (nuint)Parameters.Length, &offset, &size) == CUresult.CUDA_SUCCESS)
            throw new ArgumentException($"Kernel '{Name}' has more than {Parameters.Length} parameters.", "parameters");
    }

    internal static string Describe(CudaParameter parameter) => parameter == CudaParameter.Address ? "an address" : "a word";

    private void RequireThreads()
    {
        if (Shape.Block.Count > ThreadsPerBlock)
            throw new ArgumentOutOfRangeException("shape", Shape.Block, $"Kernel '{Name}' takes {ThreadsPerBlock} threads in a block at most, with its {Registers} registers each.");
    }

    // More than 48 KB of shared memory is given to those only who ask. Another shape of the kernel may have asked for more already.
    private void RequireSharedMemory()
    {
        CudaDevice device = Module.Context.Device;
        int bytes = checked(SharedBytes + Shape.DynamicSharedBytes);
        if (bytes <= Math.Min(device.SharedMemoryPerBlock, DriverConstants.PlainSharedBytes)) return;
        if (bytes > device.SharedMemoryPerBlockOnRequest)
            throw new ArgumentOutOfRangeException("shape", Shape, $"Kernel '{Name}' needs {bytes} bytes of shared memory in a block; {device.Name} has {device.SharedMemoryPerBlockOnRequest} at most.");
        if (Attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) >= Shape.DynamicSharedBytes) return;
        ICudaDriver driver = Module.Context.Driver;
        Module.Context.Check(
            driver.cuFuncSetAttribute(Function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, Shape.DynamicSharedBytes),
            nameof(driver.cuFuncSetAttribute));
    }
}
