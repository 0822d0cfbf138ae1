using System.ComponentModel;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Checkpoints;

public abstract class ModelWeights : IDisposable
{
    private readonly NativeBuffer<float> _storage;

    protected ModelWeights(ModelLayout layout)
    {
        Layout = layout;
        _storage = new NativeBuffer<float>(layout.Floats);
    }

    [EditorBrowsable(EditorBrowsableState.Never)]
    public ModelLayout Layout { get; }

    [EditorBrowsable(EditorBrowsableState.Never)]
    public Pointer<float> Storage => _storage.Pointer;

    internal void AddReader() { }
    internal void ReleaseReader() { }
    internal void AcquireExclusive() { }
    internal void ReleaseExclusive() { }

    public void Dispose() => _storage.Dispose();
}
