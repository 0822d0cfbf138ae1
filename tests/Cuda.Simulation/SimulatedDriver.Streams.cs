using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda.Simulation;

internal sealed unsafe partial class SimulatedDriver
{
    private long _tickets;
    private long _time;

    public CUresult cuStreamCreate(nint* stream, uint flags)
    {
        CUresult result = EnterContext(nameof(cuStreamCreate));
        if (flags != DriverConstants.NonBlockingStream) Complain(result, $"cuStreamCreate with flags {flags}");
        if (result == CUresult.CUDA_SUCCESS) *stream = Add(new SimulatedStream());
        return result;
    }

    // A stream's work goes on when its handle is gone.
    public CUresult cuStreamDestroy_v2(nint stream)
    {
        if (_objects.GetValueOrDefault(stream) is SimulatedStream found && _sticky == CUresult.CUDA_SUCCESS) Finish(found);
        return Remove<SimulatedStream>(nameof(cuStreamDestroy_v2), stream);
    }

    public CUresult cuStreamSynchronize(nint stream) => Wait(EnterUncaptured(nameof(cuStreamSynchronize)), nameof(cuStreamSynchronize), stream);

    /// <summary>Who asks again and again gets an answer at last: each question does one piece of work.</summary>
    public CUresult cuStreamQuery(nint stream)
    {
        CUresult result = EnterUncaptured(nameof(cuStreamQuery));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuStreamQuery), stream, out SimulatedStream found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        if (found.IsIdle) return _sticky;
        Step(found);
        return _sticky == CUresult.CUDA_SUCCESS ? CUresult.CUDA_ERROR_NOT_READY : _sticky;
    }

    public CUresult cuStreamWaitEvent(nint stream, nint @event, uint flags) => Find(nameof(cuStreamWaitEvent), @event, out SimulatedEvent found)
        ? Submit(nameof(cuStreamWaitEvent), stream, new WorkItem(WorkKind.Wait) { Event = found, Ticket = found.Asked })
        : CUresult.CUDA_ERROR_INVALID_HANDLE;

    public CUresult cuCtxSynchronize()
    {
        CUresult result = EnterUncaptured(nameof(cuCtxSynchronize));
        if (result != CUresult.CUDA_SUCCESS) return result;
        foreach (object value in _objects.Values)
        {
            if (value is SimulatedStream stream) Finish(stream);
        }

        return _sticky;
    }

    public CUresult cuEventCreate(nint* @event, uint flags)
    {
        CUresult result = EnterContext(nameof(cuEventCreate));
        if (result == CUresult.CUDA_SUCCESS) *@event = Add(new SimulatedEvent());
        return result;
    }

    public CUresult cuEventDestroy_v2(nint @event) => Remove<SimulatedEvent>(nameof(cuEventDestroy_v2), @event);

    public CUresult cuEventRecord(nint @event, nint stream)
    {
        if (!Find(nameof(cuEventRecord), @event, out SimulatedEvent found) || !Find(nameof(cuEventRecord), stream, out SimulatedStream on))
            return CUresult.CUDA_ERROR_INVALID_HANDLE;
        CUresult result = Submit(nameof(cuEventRecord), stream, new WorkItem(WorkKind.Record) { Event = found, Ticket = ++_tickets });
        if (result == CUresult.CUDA_SUCCESS) (found.Stream, found.Asked) = (on, _tickets);
        return result;
    }

    public CUresult cuEventSynchronize(nint @event)
    {
        CUresult result = EnterUncaptured(nameof(cuEventSynchronize));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuEventSynchronize), @event, out SimulatedEvent found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        Reach(found, found.Asked);
        return _sticky;
    }

    public CUresult cuEventQuery(nint @event)
    {
        CUresult result = EnterUncaptured(nameof(cuEventQuery));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuEventQuery), @event, out SimulatedEvent found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        if (found.Done >= found.Asked) return CUresult.CUDA_SUCCESS;
        Step(found.Stream!);
        return _sticky == CUresult.CUDA_SUCCESS ? CUresult.CUDA_ERROR_NOT_READY : _sticky;
    }

    public CUresult cuEventElapsedTime(float* milliseconds, nint start, nint end)
    {
        CUresult result = EnterContext(nameof(cuEventElapsedTime));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(nameof(cuEventElapsedTime), start, out SimulatedEvent first) || !Find(nameof(cuEventElapsedTime), end, out SimulatedEvent last))
            return CUresult.CUDA_ERROR_INVALID_HANDLE;
        if (first.Asked == 0 || last.Asked == 0) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        if (first.Done < first.Asked || last.Done < last.Asked) return CUresult.CUDA_ERROR_NOT_READY;
        *milliseconds = (last.Time - first.Time) / 1000f;
        return result;
    }

    /// <summary>As <see cref="EnterContext"/>, for a call that spoils what this thread captures.</summary>
    private CUresult EnterUncaptured(string call)
    {
        CUresult result = EnterContext(call);
        foreach (object value in _objects.Values)
        {
            if (value is not SimulatedStream { Capture: not null } stream || stream.CapturingThread != Environment.CurrentManagedThreadId) continue;
            stream.IsSpoilt = true;
            return Complain(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, $"{call} while a stream is captured");
        }

        return result;
    }

    private CUresult Submit(string call, nint stream, WorkItem item, ReadOnlySpan<byte> parameters = default)
    {
        CUresult result = EnterContext(call);
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(call, stream, out SimulatedStream found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        (found.Capture ?? found.Work).Add(item, parameters);
        return result;
    }

    private CUresult Wait(CUresult result, string call, nint stream)
    {
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (!Find(call, stream, out SimulatedStream found)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        Finish(found);
        return _sticky;
    }

    private void Finish(SimulatedStream stream)
    {
        while (!stream.IsIdle && _sticky == CUresult.CUDA_SUCCESS) Step(stream);
    }

    private void Reach(SimulatedEvent mark, long ticket)
    {
        while (mark.Done < ticket && _sticky == CUresult.CUDA_SUCCESS) Step(mark.Stream!);
    }

    /// <summary>Does the next piece of a stream's work; a failure of the device is for ever.</summary>
    private void Step(SimulatedStream stream)
    {
        WorkItem item = stream.Next();
        _time++;
        try
        {
            Do(stream, item);
        }
        catch (Exception exception)
        {
            DeviceFailure = exception;
            _sticky = CUresult.CUDA_ERROR_LAUNCH_FAILED;
        }

        stream.Tidy();
    }

    private void Do(SimulatedStream stream, in WorkItem item)
    {
        switch (item.Kind)
        {
            case WorkKind.Launch when FailLaunches is { } failure:
                throw failure;
            case WorkKind.Launch:
                if (item.Module!.IsUnloaded) throw new InvalidOperationException($"'{item.Launch.Kernel}' runs after its module was unloaded.");
                _engine.Launch(item.Module.Content, item.Launch, stream.Work.ParametersOf(item));
                break;
            case WorkKind.HostToDevice:
                new ReadOnlySpan<byte>((void*)item.Host, (int)item.Bytes).CopyTo(_engine.Memory(item.Destination, item.Bytes));
                break;
            case WorkKind.DeviceToHost:
                _engine.Memory(item.Source, item.Bytes).CopyTo(new Span<byte>((void*)item.Host, (int)item.Bytes));
                break;
            case WorkKind.DeviceToDevice:
                _engine.Memory(item.Source, item.Bytes).CopyTo(_engine.Memory(item.Destination, item.Bytes));
                break;
            case WorkKind.Fill:
                System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(_engine.Memory(item.Destination, item.Bytes)).Fill(item.Word);
                break;
            case WorkKind.Record:
                (item.Event!.Done, item.Event.Time) = (item.Ticket, _time);
                break;
            case WorkKind.Wait:
                Reach(item.Event!, item.Ticket);
                break;
        }
    }
}
