using System.ComponentModel;

namespace Transformer.Compiled.Cuda;

/// <summary>Where on the device a generated launcher finds everything, and the stream that it launches on.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LauncherPlaces
{
    private readonly Dictionary<string, CudaPointer> _places = new(StringComparer.Ordinal);

    private readonly ResourceStack _resources;

    internal LauncherPlaces(CudaStream stream, ResourceStack resources) => (Stream, _resources) = (stream, resources);

    internal CudaStream Stream { get; }

    /// <summary>From the states of one layer to those of the next, where an encoder keeps them.</summary>
    internal long LayerBytes { get; set; }

    /// <summary>Loads a module, which goes back with what else the model has on the device.</summary>
    internal CudaModule Load(ReadOnlySpan<byte> ptx) => _resources.Take(new CudaModule(Stream.Context, ptx));

    /// <summary>A place by its name; none where the model has no such thing.</summary>
    internal CudaPointer this[string name]
    {
        get => _places.GetValueOrDefault(name);
        set => _places.Add(name, value);
    }
}
