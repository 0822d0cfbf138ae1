using System.Text;
using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// A PTX module that the driver has compiled for the device. The driver keeps a cache of what it has compiled (<c>~/.nv/ComputeCache</c>), so that
/// only the first load takes long.
/// </summary>
public sealed unsafe class CudaModule : CudaResource
{
    private readonly nint _handle;

    /// <summary>Compiles and loads a module.</summary>
    /// <param name="context">The device.</param>
    /// <param name="ptx">The module's text, ASCII.</param>
    /// <exception cref="ArgumentException">The text is empty, or has a NUL inside.</exception>
    /// <exception cref="CudaModuleException">The driver cannot compile or load it; the message has its compiler's log.</exception>
    public CudaModule(CudaContext context, ReadOnlySpan<byte> ptx)
        : base(context)
    {
        if (ptx.EndsWith("\0"u8)) ptx = ptx[..^1];
        if (ptx.IsEmpty) throw new ArgumentException("The module is empty.", nameof(ptx));
        if (ptx.Contains((byte)0)) throw new ArgumentException("The module's text has a NUL inside.", nameof(ptx));
        ICudaDriver driver = context.UseOutsideRecordings();
        using var load = new ModuleLoad(ptx);
        CUresult result = load.Run(driver, out _handle);
        Log = load.Log();
        if (result != CUresult.CUDA_SUCCESS)
        {
            context.Note(result);
            string call = nameof(driver.cuModuleLoadDataEx);
            throw new CudaModuleException(
                DriverErrors.Message(driver, result, call, circumstances: $"The device is {context.Device}."), call, (int)result, DriverErrors.NameOf(driver, result), Log);
        }

        Attach();
    }

    /// <summary>As the other, from a string.</summary>
    /// <inheritdoc cref="CudaModule(CudaContext, ReadOnlySpan{byte})" path="/exception"/>
    public CudaModule(CudaContext context, string ptx)
        : this(context, Encoding.ASCII.GetBytes(ptx ?? throw new ArgumentNullException(nameof(ptx))))
    {
    }

    /// <summary>What the driver's compiler wrote, such as the registers of each kernel; empty where it took the module from its cache.</summary>
    public string Log { get; }

    /// <summary>The handle of an entry, for <see cref="CudaKernel"/>.</summary>
    internal nint Function(string name)
    {
        ICudaDriver driver = UseOutsideRecordings();
        nint function = 0;
        fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
        {
            CUresult result = driver.cuModuleGetFunction(&function, _handle, text);
            if (result != CUresult.CUDA_SUCCESS) throw Context.Error(result, nameof(driver.cuModuleGetFunction), $"Looked for the kernel '{name}'.");
        }

        return function;
    }

    private protected override void Release()
    {
        ICudaDriver driver = Context.Driver;
        Context.CheckRelease(driver.cuCtxSynchronize(), driver.cuModuleUnload(_handle), nameof(driver.cuModuleUnload));
    }
}
