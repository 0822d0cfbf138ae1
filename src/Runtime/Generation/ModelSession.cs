using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Generation;

/// <summary>
/// What all generated inference has in common: one native allocation, and weights that are held for reading until it is disposed. Spans that
/// it handed out are invalid from then on.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ModelSession : IDisposable
{
    private readonly ModelWeights _weights;
    private readonly NativeBuffer<float> _memory;
    private readonly ComputeTeam? _team;
    private bool _isDisposed;

    /// <param name="weights">Held for reading until the session is disposed.</param>
    /// <param name="floats">Floats of memory, which start as zeros.</param>
    /// <param name="team">The threads to compute on; <see cref="ComputeTeam.Shared"/> when null.</param>
    /// <exception cref="InvalidOperationException">A trainer holds the weights.</exception>
    private protected ModelSession(ModelWeights weights, nint floats, ComputeTeam? team)
    {
        ArgumentNullException.ThrowIfNull(weights);
        _weights = weights;
        _memory = new NativeBuffer<float>(floats);
        _team = team;
        weights.AddReader();
        Weights = weights.Storage;
    }

    /// <summary>The threads that kernels run on.</summary>
    protected ComputeTeam Team => _team ?? ComputeTeam.Shared;

    /// <summary>The parameters, as the model's layout places them.</summary>
    protected Pointer<float> Weights { get; }

    /// <summary>What is held.</summary>
    private protected ModelWeights HeldWeights => _weights;

    /// <summary>Frees the memory and lets go of the weights.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        try
        {
            Release();
        }
        finally
        {
            _memory.Dispose();
            _weights.ReleaseReader();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Ends the construction of a derived class.</summary>
    protected void Initialize()
    {
        try
        {
            FillTables();
            Prepare();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Computes the constant tables.</summary>
    protected abstract void FillTables();

    /// <summary>Called once the tables are there: what else a device needs.</summary>
    private protected virtual void Prepare()
    {
    }

    /// <summary>Gives back what <see cref="Prepare"/> has taken, all of it or as far as it came.</summary>
    private protected virtual void Release()
    {
    }

    private protected void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    /// <summary>The address of a region of the memory.</summary>
    private protected Pointer<float> Region(nint offset) => _memory.Pointer + offset;

    /// <inheritdoc cref="Region"/>
    private protected unsafe Pointer<int> Integers(nint offset) => new((int*)Region(offset).Value);
}
