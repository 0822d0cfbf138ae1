namespace Transformer.Compiled.Cuda.Driver;

/// <summary>What the reader of an error can do about it.</summary>
internal static class DriverAdvice
{
    /// <summary>The oldest driver that is taken.</summary>
    public const string MinimumDriver =
        "CUDA 11.0 is needed, which is NVIDIA's driver 450 on Linux and 451 on Windows, or newer: update the driver.";

    /// <summary>A sentence, or null where the driver's own words have to do.</summary>
    public static string? For(CUresult result) => result switch
    {
        CUresult.CUDA_ERROR_OUT_OF_MEMORY =>
            "Other programs may hold memory of the GPU (nvidia-smi lists them); a smaller batch, sequence or context needs less.",
        CUresult.CUDA_ERROR_DEINITIALIZED => "The process is ending; nothing can be done on the GPU any more.",
        CUresult.CUDA_ERROR_STUB_LIBRARY =>
            "The library that was loaded is the CUDA toolkit's stub for linking: take its folder from the loader's search path, so that the driver's is found.",
        CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE => "Another program has the GPU for itself (compute mode EXCLUSIVE_PROCESS or PROHIBITED; nvidia-smi -c 0 lifts it).",
        CUresult.CUDA_ERROR_NO_DEVICE => "There is no NVIDIA GPU, or CUDA_VISIBLE_DEVICES hides it.",
        CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU =>
            "The module's .target is newer than this GPU: compile the model for its compute capability, or run it on a newer GPU.",
        CUresult.CUDA_ERROR_INVALID_PTX => "The module's PTX does not compile, which is a fault of what emitted it: please report it with the log.",
        CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND =>
            "The driver's PTX compiler (libnvidia-ptxjitcompiler.so.1, nvptxJitCompiler64_0.dll) is missing: install the whole driver, and give a container the 'compute' driver capability.",
        CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION => "The module's .version is newer than this driver: update the driver.",
        CUresult.CUDA_ERROR_JIT_COMPILATION_DISABLED => "The variable CUDA_DISABLE_PTX_JIT (or CUDA_DISABLE_JIT) forbids to compile PTX: unset it.",
        CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES => "The block has more threads, registers or shared memory than a multiprocessor has.",
        CUresult.CUDA_ERROR_LAUNCH_TIMEOUT => "The GPU drives a display, whose watchdog ends kernels that take seconds.",
        CUresult.CUDA_ERROR_SYSTEM_NOT_READY => "On machines with NVSwitch, the service nvidia-fabricmanager has to run.",
        CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH => "The driver's library and its kernel module are of different versions: restart the machine after an update.",
        CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE => "CUDA's forward compatibility package is installed, which this GPU does not take: remove it from the loader's search path.",
        CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED or CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED =>
            "While a stream is recorded, only launches, copies with pinned memory and fills may be done on it.",
        _ when IsFatal(result) =>
            "A kernel has failed on the GPU, perhaps one of an earlier call; the GPU's memory of this process is lost, and every later call fails too: end the process.",
        _ => null,
    };

    /// <summary>Whether a context that has returned the code never works again.</summary>
    public static bool IsFatal(CUresult result) => result
        is CUresult.CUDA_ERROR_ECC_UNCORRECTABLE
        or CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE
        or CUresult.CUDA_ERROR_ILLEGAL_ADDRESS
        or CUresult.CUDA_ERROR_LAUNCH_TIMEOUT
        or CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED
        or CUresult.CUDA_ERROR_ASSERT
        or CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR
        or CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION
        or CUresult.CUDA_ERROR_MISALIGNED_ADDRESS
        or CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE
        or CUresult.CUDA_ERROR_INVALID_PC
        or CUresult.CUDA_ERROR_LAUNCH_FAILED
        or CUresult.CUDA_ERROR_UNKNOWN;
}
