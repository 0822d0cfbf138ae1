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
    private int _holders = 1;

    private DeviceWeights(CudaStream stream, ModelWeights weights)
    {
        _context = stream.Context;
        _weights = weights;
        _memory = new CudaMemory(_context, (long)weights.Layout.Floats * sizeof(float));
        try
        {
            stream.Upload(weights.Storage, weights.Layout.Floats, _memory.Pointer);
        }
        catch
        {
            _memory.Dispose();
            throw;
        }
    }

    /// <summary>Where the parameters are, as their layout places them.</summary>
    public CudaPointer Pointer => _memory.Pointer;

    /// <summary>The copy, which is made where there is none. The caller holds the weights, and gives both back.</summary>
    /// <exception cref="CudaException">The device has not that much memory.</exception>
    public static DeviceWeights Acquire(CudaStream stream, ModelWeights weights)
    {
        Dictionary<ModelWeights, DeviceWeights> copies = OfContexts.GetOrCreateValue(stream.Context);
        lock (copies)
        {
            if (copies.TryGetValue(weights, out DeviceWeights? copy)) copy._holders++;
            else copies.Add(weights, copy = new DeviceWeights(stream, weights));
            return copy;
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

        _memory.Dispose();
    }
}
