using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda.Simulation;

internal sealed unsafe partial class SimulatedDriver
{
    public CUresult cuStreamBeginCapture_v2(nint stream, CUstreamCaptureMode mode)
    {
        CUresult result = EnterContext(nameof(cuStreamBeginCapture_v2));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (stream == 0) return Complain(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "the default stream is captured");
        if (!Find(nameof(cuStreamBeginCapture_v2), stream, out SimulatedStream found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        if (found.Capture is not null) return Complain(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "a stream is captured twice");
        found.Capture = new WorkList();
        found.CapturingThread = Environment.CurrentManagedThreadId;
        found.IsSpoilt = false;
        return result;
    }

    public CUresult cuStreamEndCapture(nint stream, nint* graph)
    {
        CUresult result = EnterContext(nameof(cuStreamEndCapture));
        *graph = 0;
        if (!Find(nameof(cuStreamEndCapture), stream, out SimulatedStream found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        if (found.Capture is not { } work) return Complain(CUresult.CUDA_ERROR_INVALID_VALUE, "a capture ends that has not begun");
        found.Capture = null;
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (found.IsSpoilt) return CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
        *graph = Add(new SimulatedGraph(work));
        return result;
    }

    public CUresult cuGraphInstantiate_v2(nint* executable, nint graph, nint* errorNode, byte* log, nuint logBytes) =>
        Instantiate(EnterContext(nameof(cuGraphInstantiate_v2)), executable, graph);

    public CUresult cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags) =>
        Instantiate(EnterOptional(nameof(cuGraphInstantiateWithFlags)), executable, graph);

    /// <summary>Takes other arguments and kernels where the work is of the same kinds in the same order.</summary>
    public CUresult cuGraphExecUpdate_v2(nint executable, nint graph, CUgraphExecUpdateResultInfo* result)
    {
        CUresult code = EnterOptional(nameof(cuGraphExecUpdate_v2));
        if (code != CUresult.CUDA_SUCCESS) return code;
        if (!Find(nameof(cuGraphExecUpdate_v2), executable, out SimulatedExecutable old) || !Find(nameof(cuGraphExecUpdate_v2), graph, out SimulatedGraph found))
            return CUresult.CUDA_ERROR_INVALID_HANDLE;
        bool isAlike = old.Work.Count == found.Work.Count && Enumerable.Range(0, old.Work.Count).All(index => old.Work[index].Kind == found.Work[index].Kind);
        result->Result = isAlike ? 0 : 2;
        if (!isAlike) return CUresult.CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
        old.Work = found.Work;
        return code;
    }

    public CUresult cuGraphLaunch(nint executable, nint stream)
    {
        CUresult result = EnterUncaptured(nameof(cuGraphLaunch));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuGraphLaunch), executable, out SimulatedExecutable found) || !Find(nameof(cuGraphLaunch), stream, out SimulatedStream on))
            return CUresult.CUDA_ERROR_INVALID_HANDLE;
        on.Work.Add(found.Work);
        return result;
    }

    public CUresult cuGraphExecDestroy(nint executable) => Remove<SimulatedExecutable>(nameof(cuGraphExecDestroy), executable);

    public CUresult cuGraphDestroy(nint graph) => Remove<SimulatedGraph>(nameof(cuGraphDestroy), graph);

    private CUresult Instantiate(CUresult result, nint* executable, nint graph)
    {
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuGraphInstantiate_v2), graph, out SimulatedGraph found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        *executable = Add(new SimulatedExecutable { Work = found.Work });
        return result;
    }
}

/// <summary>What was captured.</summary>
internal sealed record SimulatedGraph(WorkList Work);

/// <summary>What can be replayed.</summary>
internal sealed class SimulatedExecutable
{
    public required WorkList Work { get; set; }
}
