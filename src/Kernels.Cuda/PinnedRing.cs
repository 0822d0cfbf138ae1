namespace Transformer.Compiled.Cuda;

/// <summary>
/// Pinned memory through which a caller sends the same few bytes again and again: it may change its own copy at once, and waits only where all
/// slots are still on their way.
/// </summary>
internal sealed class PinnedRing : IDisposable
{
    private readonly ResourceStack _resources = new();
    private readonly CudaHostMemory _pinned;
    private readonly CudaEvent[] _sent;
    private readonly long _stride;
    private int _next;

    /// <param name="context">The device.</param>
    /// <param name="bytes">The most bytes of a copy.</param>
    /// <param name="slots">How many copies may be on their way at once.</param>
    public PinnedRing(CudaContext context, long bytes, int slots)
    {
        _stride = bytes;
        _sent = new CudaEvent[slots];
        try
        {
            _pinned = _resources.Take(new CudaHostMemory(context, slots * bytes));
            for (int slot = 0; slot < slots; slot++) _sent[slot] = _resources.Take(new CudaEvent(context));
        }
        catch
        {
            _resources.Dispose();
            throw;
        }
    }

    /// <summary>Asks the stream to copy. Allocates nothing.</summary>
    public void Send(CudaStream stream, ReadOnlySpan<byte> source, CudaPointer destination)
    {
        CudaEvent sent = _sent[_next];
        sent.Synchronize();
        long offset = _next * _stride;
        source.CopyTo(_pinned.Span<byte>(offset, checked((int)_stride)));
        stream.CopyToDevice(_pinned, offset, destination, source.Length);
        stream.Record(sent);
        _next = (_next + 1) % _sent.Length;
    }

    public void Dispose() => _resources.Dispose();
}
