namespace Transformer.Compiled.Cuda;

/// <summary>
/// A program of a model (a decoding step, a training step) that was recorded once: a run writes the control block with one small copy
/// and replays the rest, and allocates nothing.
/// </summary>
/// <remarks>Several programs may share a stream and a control block, which they do not own.</remarks>
public sealed class CudaProgram : IDisposable
{
    private readonly CudaStream _stream;
    private readonly CudaControlBlock _control;
    private readonly CudaGraph _graph;

    /// <summary>Records the program.</summary>
    /// <param name="stream">Where it runs.</param>
    /// <param name="control">Where its kernels find what varies.</param>
    /// <param name="record">As for <see cref="CudaGraph(CudaStream, Action{CudaStream})"/>.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaProgram(CudaStream stream, CudaControlBlock control, Action<CudaStream> record)
    {
        ArgumentNullException.ThrowIfNull(control);
        _graph = new CudaGraph(stream, record);
        _stream = stream;
        _control = control;
    }

    /// <summary>Asks the device to run the program with the control block as it is now; the caller may change the block at once.</summary>
    /// <exception cref="ObjectDisposedException">The program, the stream, the control block, or memory or a module of the program was disposed of.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work has failed.</exception>
    public void Run()
    {
        _graph.RequireLive();
        _control.Send(_stream);
        _graph.Replay(_stream);
    }

    /// <summary>Gives the recorded program back.</summary>
    public void Dispose() => _graph.Dispose();
}
