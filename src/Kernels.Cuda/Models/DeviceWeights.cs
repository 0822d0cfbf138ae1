using System.Runtime.CompilerServices;
using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Cuda;

/// <summary>
/// A device's copy of weights that sessions read: one for all sessions of a context that hold the same weights, which nobody can change
/// while they do.
/// </summary>
internal sealed class DeviceWeights
{
    private static readonly ConditionalWeakTable<CudaContext, Dictionary<ModelWeights, DeviceWeights>> OfContexts = [];

    private readonly CudaContext _context;
    private readonly ModelWeights _weights;
    private readonly CudaMemory _memory;
    private readonly CudaMemory? _rounded;
    private bool _isRounded;
    private int _holders = 1;

    private DeviceWeights(CudaStream stream, ModelWeights weights, nint roundedFloats)
    {
        _context = stream.Context;
        _weights = weights;
        _memory = new CudaMemory(_context, (long)weights.Layout.Floats * sizeof(float));
        try
        {
            if (roundedFloats > 0) _rounded = new CudaMemory(_context, (long)roundedFloats * sizeof(float));
            stream.Upload(weights.Storage, weights.Layout.Floats, _memory.Pointer);
        }
        catch
        {
            _rounded?.Dispose();
            _memory.Dispose();
            throw;
        }
    }

    /// <summary>Where the parameters are, as their layout places them.</summary>
    public CudaPointer Pointer => _memory.Pointer;

    /// <summary>Where the copies are that have been rounded for products; none where there are none.</summary>
    public CudaPointer Rounded => _rounded?.Pointer ?? default;

    /// <summary>The copy, which is made where there is none. The caller holds the weights, and gives both back.</summary>
    /// <param name="stream">Of the caller.</param>
    /// <param name="weights">Held.</param>
    /// <param name="roundedFloats">The size of the copies that are rounded, which is the same for all sessions of these weights.</param>
    /// <exception cref="CudaException">The device has not that much memory.</exception>
    public static DeviceWeights Acquire(CudaStream stream, ModelWeights weights, nint roundedFloats)
    {
        Dictionary<ModelWeights, DeviceWeights> copies = OfContexts.GetOrCreateValue(stream.Context);
        lock (copies)
        {
            if (copies.TryGetValue(weights, out DeviceWeights? copy)) copy._holders++;
            else copies.Add(weights, copy = new DeviceWeights(stream, weights, roundedFloats));
            return copy;
        }
    }

    /// <summary>Rounds the weights, once for all holders.</summary>
    /// <param name="stream">On which <paramref name="launch"/> launches.</param>
    /// <param name="launch">From <see cref="Pointer"/> to <see cref="Rounded"/>.</param>
    public void Round(CudaStream stream, Action launch)
    {
        if (_rounded is null) return;
        lock (OfContexts.GetOrCreateValue(_context))
        {
            if (_isRounded) return;
            launch();
            stream.Synchronize();
            _isRounded = true;
        }
    }

    /// <summary>Gives the copy back, which goes with its last holder.</summary>
    public void Release()
    {
        Dictionary<ModelWeights, DeviceWeights> copies = OfContexts.GetOrCreateValue(_context);
        lock (copies)
        {
            if (--_holders > 0) return;
            copies.Remove(_weights);
        }

        _rounded?.Dispose();
        _memory.Dispose();
    }
}
