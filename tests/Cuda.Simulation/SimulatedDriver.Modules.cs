using System.Runtime.InteropServices;
using System.Text;
using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda.Simulation;

internal sealed unsafe partial class SimulatedDriver
{
    public CUresult cuModuleLoadDataEx(nint* module, void* image, uint optionCount, CUjit_option* options, void** values)
    {
        CUresult result = EnterUncaptured(nameof(cuModuleLoadDataEx));
        WriteLog(CUjit_option.CU_JIT_INFO_LOG_BUFFER, CUjit_option.CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES, optionCount, options, values, _options.CompilerLog);
        if (result != CUresult.CUDA_SUCCESS) return result;
        try
        {
            *module = Add(new SimulatedModule(_engine.LoadModule(Marshal.PtrToStringUTF8((nint)image)!)));
            return result;
        }
        catch (Exception exception)
        {
            WriteLog(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, optionCount, options, values, exception.Message);
            return CUresult.CUDA_ERROR_INVALID_PTX;
        }
    }

    public CUresult cuModuleUnload(nint module)
    {
        ComplainAboutWork(nameof(cuModuleUnload));
        if (_objects.GetValueOrDefault(module) is SimulatedModule found) found.IsUnloaded = true;
        return Remove<SimulatedModule>(nameof(cuModuleUnload), module);
    }

    public CUresult cuModuleGetFunction(nint* function, nint module, byte* name)
    {
        CUresult result = EnterContext(nameof(cuModuleGetFunction));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuModuleGetFunction), module, out SimulatedModule found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        string text = Marshal.PtrToStringUTF8((nint)name)!;
        if (_engine.Find(found.Content, text) is not { } facts) return CUresult.CUDA_ERROR_NOT_FOUND;
        foreach ((nint handle, object value) in _objects)
        {
            if (value is SimulatedFunction known && known.Module == found && known.Name == text)
            {
                *function = handle;
                return result;
            }
        }

        *function = Add(new SimulatedFunction(found, text, facts));
        return result;
    }

    public CUresult cuFuncGetAttribute(int* value, CUfunction_attribute attribute, nint function)
    {
        CUresult result = EnterContext(nameof(cuFuncGetAttribute));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuFuncGetAttribute), function, out SimulatedFunction found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        *value = attribute switch
        {
            CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK => found.Facts.ThreadsPerBlock,
            CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES => found.Facts.SharedBytes,
            CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES => _options.LocalBytes,
            CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS => 32,
            CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES => found.DynamicSharedBytes,
            _ => throw new ArgumentOutOfRangeException(nameof(attribute), attribute, null),
        };
        return result;
    }

    public CUresult cuFuncSetAttribute(nint function, CUfunction_attribute attribute, int value)
    {
        CUresult result = EnterContext(nameof(cuFuncSetAttribute));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuFuncSetAttribute), function, out SimulatedFunction found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        found.DynamicSharedBytes = value;
        return result;
    }

    public CUresult cuFuncGetParamInfo(nint function, nuint index, nuint* offset, nuint* size)
    {
        CUresult result = EnterOptional(nameof(cuFuncGetParamInfo));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuFuncGetParamInfo), function, out SimulatedFunction found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        if (index >= (nuint)found.Facts.ParameterSizes.Length) return CUresult.CUDA_ERROR_INVALID_VALUE;
        *offset = 0;
        *size = (nuint)found.Facts.ParameterSizes[index];
        return result;
    }

    public CUresult cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters, void** extra)
    {
        if (!Find(nameof(cuLaunchKernel), function, out SimulatedFunction found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        if (sharedBytes > found.DynamicSharedBytes || blockX * blockY * blockZ > found.Facts.ThreadsPerBlock) return CUresult.CUDA_ERROR_INVALID_VALUE;
        Span<byte> block = stackalloc byte[found.Facts.ParameterBytes];
        int offset = 0;
        for (int i = 0; i < found.Facts.ParameterSizes.Length; i++)
        {
            int size = found.Facts.ParameterSizes[i];
            offset = (offset + size - 1) / size * size;
            new ReadOnlySpan<byte>(parameters[i], size).CopyTo(block[offset..]);
            offset += size;
        }

        var launch = new KernelLaunch(
            found.Name, new CudaDimensions((int)gridX, (int)gridY, (int)gridZ), new CudaDimensions((int)blockX, (int)blockY, (int)blockZ), (int)sharedBytes);
        return Submit(nameof(cuLaunchKernel), stream, new WorkItem(WorkKind.Launch) { Module = found.Module, Launch = launch }, block);
    }

    private CUresult EnterOptional(string call) => Has(call)
        ? EnterContext(call)
        : throw new EntryPointNotFoundException($"The simulated driver has no {call}.");

    private static void WriteLog(CUjit_option buffer, CUjit_option size, uint count, CUjit_option* options, void** values, string text)
    {
        var given = new ReadOnlySpan<int>(options, (int)count);
        byte* destination = (byte*)values[given.IndexOf((int)buffer)];
        int sizeAt = given.IndexOf((int)size);
        int room = (int)(nint)values[sizeAt];
        Write(destination, room, text);
        values[sizeAt] = (void*)Math.Min(room, Encoding.UTF8.GetByteCount(text) + 1);
    }
}
