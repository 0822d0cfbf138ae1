using System.Runtime.InteropServices;
using System.Text;

namespace Transformer.Compiled.Cuda.Driver;

/// <summary>The memory that loading a module takes: the image, which has to end with a NUL, and the compiler's logs.</summary>
internal sealed unsafe class ModuleLoad : IDisposable
{
    private const int LogBytes = 64 * 1024;
    private const int Options = 5;

    private readonly byte* _image;
    private readonly byte* _errors;
    private readonly byte* _infos;

    /// <summary>Copies the image. PTX is ASCII; what is not, which only a comment can have, becomes question marks.</summary>
    public ModuleLoad(ReadOnlySpan<byte> image)
    {
        _image = (byte*)NativeMemory.Alloc((nuint)image.Length + 1);
        for (int i = 0; i < image.Length; i++) _image[i] = image[i] < 0x80 ? image[i] : (byte)'?';
        _image[image.Length] = 0;
        _errors = (byte*)NativeMemory.AllocZeroed(LogBytes);
        _infos = (byte*)NativeMemory.AllocZeroed(LogBytes);
    }

    /// <summary>Hands the image to the driver.</summary>
    public CUresult Run(ICudaDriver driver, out nint module)
    {
        CUjit_option* options = stackalloc CUjit_option[Options]
        {
            CUjit_option.CU_JIT_INFO_LOG_BUFFER,
            CUjit_option.CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES,
            CUjit_option.CU_JIT_ERROR_LOG_BUFFER,
            CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES,
            CUjit_option.CU_JIT_LOG_VERBOSE,
        };
        void** values = stackalloc void*[Options];
        values[0] = _infos;
        values[1] = (void*)LogBytes;
        values[2] = _errors;
        values[3] = (void*)LogBytes;
        values[4] = (void*)1;
        nint handle = 0;
        CUresult result = driver.cuModuleLoadDataEx(&handle, _image, Options, options, values);
        module = handle;
        return result;
    }

    /// <summary>What the compiler wrote, errors first.</summary>
    public string Log() => string.Join(Environment.NewLine, new[] { Text(_errors), Text(_infos) }.Where(text => text.Length > 0));

    public void Dispose()
    {
        NativeMemory.Free(_image);
        NativeMemory.Free(_errors);
        NativeMemory.Free(_infos);
    }

    private static string Text(byte* log)
    {
        var bytes = new ReadOnlySpan<byte>(log, LogBytes);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]).Trim();
    }
}
