namespace Transformer.Compiled.Cuda;

/// <summary>
/// Something that was made for a <see cref="CudaContext"/> and has to be given back: by <see cref="Dispose"/>, in any order. There is no finalizer.
/// </summary>
public abstract class CudaResource : IDisposable
{
    private int _state;

    private protected CudaResource(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
    }

    /// <summary>What it was made for.</summary>
    public CudaContext Context { get; }

    /// <summary>Whether it was disposed of.</summary>
    public bool IsDisposed => _state != 0;

    /// <summary>Gives it back, after the device is done with it. A second call does nothing.</summary>
    /// <exception cref="CudaException">
    /// Work that the device was still doing has failed, and nothing has told of it yet. The object counts as disposed of.
    /// </exception>
    /// <exception cref="InvalidOperationException">This thread records a stream; nothing has changed.</exception>
    public void Dispose()
    {
        if (IsDisposed) return;
        CudaContext.RequireNoRecording();
        if (Interlocked.Exchange(ref _state, 1) != 0) return;
        try
        {
            if (Context.UseForRelease()) Release();
        }
        finally
        {
            Context.RemoveReference();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the handle back; the context is current.</summary>
    private protected abstract void Release();

    /// <summary>Keeps the context from now on: the last act of a constructor.</summary>
    private protected void Attach() => Context.AddReference();

    /// <summary>Refuses what was disposed of, and makes the context current.</summary>
    private protected Driver.ICudaDriver Use()
    {
        RequireLive();
        return Context.Use();
    }

    /// <summary>As <see cref="Use"/>, for what would spoil a recording of this thread.</summary>
    private protected Driver.ICudaDriver UseOutsideRecordings()
    {
        RequireLive();
        return Context.UseOutsideRecordings();
    }

    internal void RequireLive() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <summary>Refuses an object of another context, whose addresses and handles mean nothing here.</summary>
    internal void RequireContext(CudaContext context, string name)
    {
        if (!ReferenceEquals(Context, context)) throw new ArgumentException($"The {GetType().Name} was made for another context.", name);
    }
}
