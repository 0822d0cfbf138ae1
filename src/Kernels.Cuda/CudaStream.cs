using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// Work for the device, done in the order in which it was asked for, while the caller goes on. Streams do not wait for each other, unless by a
/// <see cref="CudaEvent"/>. What fails on the device is thrown by a later call, at the latest by <see cref="Synchronize"/>.
/// </summary>
public sealed unsafe partial class CudaStream : CudaResource
{
    private readonly nint _handle;
    private CudaRecording? _recording;

    /// <summary>Makes a stream.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaStream(CudaContext context)
        : base(context)
    {
        ICudaDriver driver = context.UseOutsideRecordings();
        nint handle = 0;
        context.Check(driver.cuStreamCreate(&handle, DriverConstants.NonBlockingStream), nameof(driver.cuStreamCreate));
        _handle = handle;
        Attach();
    }

    /// <summary>Whether the device has done all that the stream was asked for.</summary>
    /// <exception cref="CudaException">Something of it has failed.</exception>
    public bool IsIdle
    {
        get
        {
            ICudaDriver driver = UseOutsideRecordings();
            CUresult result = driver.cuStreamQuery(_handle);
            if (result == CUresult.CUDA_ERROR_NOT_READY) return false;
            Context.Check(result, nameof(driver.cuStreamQuery));
            return true;
        }
    }

    internal nint Handle => _handle;

    /// <summary>Launches a kernel. Allocates nothing.</summary>
    /// <param name="kernel">The kernel, of a module of the stream's context.</param>
    /// <param name="arguments">What it takes, in order.</param>
    /// <exception cref="ArgumentException">There are more or fewer than the kernel takes, or one is of another kind.</exception>
    /// <exception cref="ObjectDisposedException">The stream, the module or some memory was disposed of.</exception>
    /// <exception cref="CudaException">The driver refuses the launch, or earlier work has failed.</exception>
    public void Launch(CudaKernel kernel, params ReadOnlySpan<CudaArgument> arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        kernel.Module.RequireLive();
        kernel.Module.RequireContext(Context, nameof(kernel));
        if (arguments.Length != kernel.Parameters.Length)
            throw new ArgumentException($"Kernel '{kernel.Name}' takes {kernel.Parameters.Length} arguments, not {arguments.Length}.", nameof(arguments));

        // The driver takes as many bytes of each value as the parameter has, the low ones first.
        ICudaDriver driver = UseForWork();
        ulong* values = stackalloc ulong[CudaKernel.MaximumParameters];
        void** parameters = stackalloc void*[CudaKernel.MaximumParameters];
        for (int i = 0; i < arguments.Length; i++)
        {
            values[i] = ValueOf(kernel, i, arguments[i]);
            parameters[i] = values + i;
        }

        _recording?.Hold(kernel.Module);
        (CudaDimensions grid, CudaDimensions block, int sharedBytes) = kernel.Shape;
        CUresult result = driver.cuLaunchKernel(
            kernel.Function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)block.X, (uint)block.Y, (uint)block.Z, (uint)sharedBytes, _handle, parameters, null);
        if (result != CUresult.CUDA_SUCCESS) throw Context.Error(result, nameof(driver.cuLaunchKernel), $"The launch was {kernel}.");
    }

    /// <summary>Marks this place. The event is reached when all before it is done.</summary>
    public void Record(CudaEvent mark)
    {
        ICudaDriver driver = UseWith(mark);
        Context.Check(driver.cuEventRecord(mark.Handle, _handle), nameof(driver.cuEventRecord));
    }

    /// <summary>Lets what comes after wait until the device has come to an event of another stream. The caller goes on.</summary>
    public void WaitFor(CudaEvent mark)
    {
        ICudaDriver driver = UseWith(mark);
        Context.Check(driver.cuStreamWaitEvent(_handle, mark.Handle, 0), nameof(driver.cuStreamWaitEvent));
    }

    /// <summary>Waits until the device has done all that the stream was asked for.</summary>
    /// <exception cref="CudaException">Something of it has failed.</exception>
    /// <exception cref="InvalidOperationException">This thread records a stream.</exception>
    public void Synchronize()
    {
        ICudaDriver driver = UseOutsideRecordings();
        Context.Check(driver.cuStreamSynchronize(_handle), nameof(driver.cuStreamSynchronize));
    }

    /// <summary>Makes a graph, of the driver's, of what <paramref name="record"/> asks the stream for; nothing of it is done.</summary>
    /// <param name="record">Launches, fills, and copies with pinned memory, on the stream that it is given.</param>
    /// <param name="held">What the graph needs as long as it is replayed.</param>
    internal nint Capture(Action<CudaStream> record, out CudaResource[] held)
    {
        ICudaDriver driver = UseOutsideRecordings();
        Context.Check(
            driver.cuStreamBeginCapture_v2(_handle, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), nameof(driver.cuStreamBeginCapture_v2));
        var recording = new CudaRecording();
        CudaContext.BeginRecording();
        _recording = recording;
        nint graph = 0;
        bool isComplete = false;
        try
        {
            record(this);
            isComplete = true;
        }
        finally
        {
            _recording = null;
            CudaContext.EndRecording();
            CUresult result = driver.cuStreamEndCapture(_handle, &graph);
            if (isComplete)
            {
                Context.Check(result, nameof(driver.cuStreamEndCapture));
            }
            else
            {
                // The exception that ended it is on its way; what was recorded so far is of no use.
                Context.Note(result);
                if (result == CUresult.CUDA_SUCCESS && graph != 0) Context.Note(driver.cuGraphDestroy(graph));
            }
        }

        held = recording.Held();
        return graph;
    }

    private protected override void Release() =>
        Context.CheckRelease(Context.Driver.cuStreamDestroy_v2(_handle), nameof(ICudaDriver.cuStreamDestroy_v2));

    /// <summary>For what may be recorded: a thread that records a stream may use that one alone.</summary>
    private ICudaDriver UseForWork() => _recording is null ? UseOutsideRecordings() : Use();

    private ICudaDriver UseWith(CudaEvent mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        mark.RequireLive();
        mark.RequireContext(Context, nameof(mark));
        return UseOutsideRecordings();
    }

    private ulong ValueOf(CudaKernel kernel, int index, in CudaArgument argument)
    {
        if (argument.Kind != kernel.Parameters[index])
        {
            throw new ArgumentException(
                $"Kernel '{kernel.Name}': argument {index} is {CudaKernel.Describe(argument.Kind)}; expected {CudaKernel.Describe(kernel.Parameters[index])}.", nameof(argument));
        }

        return argument.Kind == CudaParameter.Address ? AddressOf(argument.Pointer, 0) : argument.Word;
    }

    /// <summary>The device's address of so many bytes, which a recording keeps in mind.</summary>
    private ulong AddressOf(CudaPointer pointer, long bytes)
    {
        CudaMemory memory = pointer.Memory;
        memory.RequireContext(Context, nameof(pointer));
        _recording?.Hold(memory);
        return pointer.Address(bytes);
    }
}
