using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// Work of a stream that was recorded once and is replayed with one call. Kernels, their shapes and all addresses are frozen in it; what varies has to
/// lie in memory, as in a <see cref="CudaControlBlock"/>.
/// </summary>
public sealed unsafe class CudaGraph : CudaResource
{
    private nint _executable;
    private CudaResource[] _held;

    /// <summary>Records.</summary>
    /// <param name="stream">The stream, which is not asked to do what is recorded.</param>
    /// <param name="record">Launches, fills, and copies with pinned memory, on the stream that it is given. Anything else throws. It runs once, on this thread.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaGraph(CudaStream stream, Action<CudaStream> record)
        : base(ContextOf(stream))
    {
        ArgumentNullException.ThrowIfNull(record);
        nint graph = stream.Capture(record, out _held);
        try
        {
            Use(graph, Instantiate);
            Attach();
        }
        catch
        {
            if (_executable != 0) Context.Note(Context.Driver.cuGraphExecDestroy(_executable));
            throw;
        }
    }

    /// <summary>Asks a stream to do what was recorded, in the order in which it was. Allocates nothing.</summary>
    /// <exception cref="ObjectDisposedException">The graph, or a module or memory that was recorded, was disposed of.</exception>
    /// <exception cref="InvalidOperationException">This thread records a stream.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work has failed.</exception>
    public void Replay(CudaStream stream)
    {
        RequireStream(stream);
        ICudaDriver driver = UseOutsideRecordings();
        foreach (CudaResource resource in _held) resource.RequireLive();
        Context.Check(driver.cuGraphLaunch(_executable, stream.Handle), nameof(driver.cuGraphLaunch));
    }

    /// <summary>
    /// Records anew, for instance with other memory. Where the work has the same form and the driver can (CUDA 12.0), the graph is changed in place,
    /// which is cheaper than to make it anew. Where that cannot be done, or the recording throws, the graph stays as it was.
    /// </summary>
    /// <param name="stream">The stream, which is not asked to do what is recorded.</param>
    /// <param name="record">As for the constructor.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Update(CudaStream stream, Action<CudaStream> record)
    {
        RequireStream(stream);
        ArgumentNullException.ThrowIfNull(record);
        UseOutsideRecordings();
        nint before = _executable;
        nint graph = stream.Capture(record, out CudaResource[] held);
        try
        {
            Use(graph, UpdateOrInstantiate);
        }
        finally
        {
            if (_executable != before) Context.CheckRelease(Context.Driver.cuGraphExecDestroy(before), nameof(ICudaDriver.cuGraphExecDestroy));
        }

        void UpdateOrInstantiate(nint recorded)
        {
            if (!UpdateInPlace(recorded)) Instantiate(recorded);
            _held = held;
        }
    }

    private protected override void Release() =>
        Context.CheckRelease(Context.Driver.cuGraphExecDestroy(_executable), nameof(ICudaDriver.cuGraphExecDestroy));

    private static CudaContext ContextOf(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Context;
    }

    private void RequireStream(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.RequireLive();
        stream.RequireContext(Context, nameof(stream));
    }

    /// <summary>Does something with what was recorded, of which only the executable form is kept.</summary>
    private void Use(nint graph, Action<nint> action)
    {
        bool isDone = false;
        try
        {
            action(graph);
            isDone = true;
        }
        finally
        {
            CUresult result = Context.Driver.cuGraphDestroy(graph);
            if (isDone) Context.CheckRelease(result, nameof(ICudaDriver.cuGraphDestroy));
        }
    }

    /// <summary>Changes the executable form, if the driver can, and the work has the same form as before.</summary>
    private bool UpdateInPlace(nint graph)
    {
        ICudaDriver driver = Context.Driver;
        if (!driver.Has(nameof(driver.cuGraphExecUpdate_v2))) return false;
        CUgraphExecUpdateResultInfo info = default;
        CUresult result = driver.cuGraphExecUpdate_v2(_executable, graph, &info);
        if (result == CUresult.CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE) return false;
        Context.Check(result, nameof(driver.cuGraphExecUpdate_v2));
        return true;
    }

    private void Instantiate(nint graph)
    {
        ICudaDriver driver = Context.Driver;
        nint executable = 0;
        if (driver.Has(nameof(driver.cuGraphInstantiateWithFlags)))
            Context.Check(driver.cuGraphInstantiateWithFlags(&executable, graph, 0), nameof(driver.cuGraphInstantiateWithFlags));
        else
            Context.Check(driver.cuGraphInstantiate_v2(&executable, graph, null, null, 0), nameof(driver.cuGraphInstantiate_v2));
        _executable = executable;
    }
}
