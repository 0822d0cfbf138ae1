using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Checkpoints;

/// <summary>Who holds a model's weights: any number of readers, or one writer. The last holder of disposed weights frees them.</summary>
internal sealed class WeightsLease(string modelName, NativeBuffer<float> storage) : IDisposable
{
    private readonly Lock _lock = new();
    private int _readers;
    private bool _exclusive;
    private bool _disposed;

    public void ThrowIfDisposed()
    {
        lock (_lock) CheckNotDisposed();
    }

    public void AddReader()
    {
        lock (_lock)
        {
            CheckNotDisposed();
            CheckNotExclusive();
            _readers++;
        }
    }

    public void ReleaseReader()
    {
        lock (_lock)
        {
            if (_readers == 0) throw Violation("held by no session that could let go of them");
            _readers--;
            FreeIfUnused();
        }
    }

    public void AcquireExclusive()
    {
        lock (_lock)
        {
            CheckNotDisposed();
            CheckNotExclusive();
            if (_readers > 0)
                throw Violation($"held by {_readers} session{(_readers == 1 ? " or encoder" : "s or encoders")}; dispose them before the weights are changed or trained");
            _exclusive = true;
        }
    }

    public void ReleaseExclusive()
    {
        lock (_lock)
        {
            if (!_exclusive) throw Violation("held by no trainer that could let go of them");
            _exclusive = false;
            FreeIfUnused();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            FreeIfUnused();
        }
    }

    private void CheckNotDisposed()
    {
        if (_disposed) throw new ObjectDisposedException(modelName, $"The weights of {modelName} are disposed.");
    }

    private void CheckNotExclusive()
    {
        if (_exclusive) throw Violation("held by a trainer; dispose it before they are used otherwise");
    }

    private InvalidOperationException Violation(string state) => new($"The weights of {modelName} are {state}.");

    private void FreeIfUnused()
    {
        if (_disposed && _readers == 0 && !_exclusive) storage.Dispose();
    }
}
