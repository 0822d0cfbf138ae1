namespace Transformer.Compiled.Cuda.Driver;

/// <summary>Properties of a device, as <c>cuda.h</c> numbers them.</summary>
internal enum CUdevice_attribute
{
    CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 1,
    CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK = 8,
    CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16,
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
    CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR = 81,
    CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97,
}

/// <summary>Properties of a kernel, as <c>cuda.h</c> numbers them.</summary>
internal enum CUfunction_attribute
{
    CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 0,
    CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES = 1,
    CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES = 3,
    CU_FUNC_ATTRIBUTE_NUM_REGS = 4,
    CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
}

/// <summary>Options of the compiler in the driver. Sizes are passed by value in the slots of pointers.</summary>
internal enum CUjit_option
{
    CU_JIT_INFO_LOG_BUFFER = 3,
    CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES = 4,
    CU_JIT_ERROR_LOG_BUFFER = 5,
    CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6,
    CU_JIT_LOG_VERBOSE = 12,
}

/// <summary>Which calls of which threads spoil a recording.</summary>
internal enum CUstreamCaptureMode
{
    /// <summary>Those of the recording thread alone, so that others may allocate and free meanwhile.</summary>
    CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1,
}

/// <summary>What an update of an executable graph found.</summary>
internal struct CUgraphExecUpdateResultInfo
{
    public int Result;
    public nint ErrorNode;
    public nint ErrorFromNode;
}

/// <summary>Flags and limits, as <c>cuda.h</c> has them.</summary>
internal static class DriverConstants
{
    /// <summary>CU_STREAM_NON_BLOCKING: the stream does not wait for the default stream.</summary>
    public const uint NonBlockingStream = 1;

    /// <summary>CUDA 11.0, the first that takes <c>.version 7.0</c>, as <c>cuDriverGetVersion</c> writes it.</summary>
    public const int MinimumVersion = 11000;

    /// <summary>Bytes of shared memory that a block may have without having asked for more.</summary>
    public const int PlainSharedBytes = 48 * 1024;
}
