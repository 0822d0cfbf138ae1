using System.ComponentModel;

namespace Transformer.Compiled.Cuda;

/// <summary>The base of what is generated to launch an encoder's program.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class EncoderLauncher : CudaLauncher
{
    internal const string HiddenPlace = "hidden", LayersPlace = "layers", PooledPlace = "pooled", LogitsPlace = "logits";

    private readonly CudaPointer _layers;
    private readonly long _layerBytes;

    /// <inheritdoc cref="CudaLauncher(LauncherPlaces, ReadOnlySpan{byte})"/>
    protected EncoderLauncher(LauncherPlaces places, ReadOnlySpan<byte> ptx)
        : base(places, ptx)
    {
        _layers = places[LayersPlace];
        _layerBytes = places.LayerBytes;
        HiddenOutput = places[HiddenPlace];
        PooledOutput = places[PooledPlace];
        LogitsOutput = places[LogitsPlace];
        Tokens = places[nameof(Tokens)];
        Positions = places[nameof(Positions)];
        TokenTypes = places[nameof(TokenTypes)];
        AttentionMask = places[nameof(AttentionMask)];
        Pixels = places[nameof(Pixels)];
        InputScale = places[nameof(InputScale)];
        PairMask = places[nameof(PairMask)];
    }

    /// <summary>The tokens, [Batch · n].</summary>
    protected CudaPointer Tokens { get; }

    /// <summary>Where each of <see cref="Tokens"/> stands in its sequence.</summary>
    protected CudaPointer Positions { get; }

    /// <summary>The kinds of <see cref="Tokens"/>.</summary>
    protected CudaPointer TokenTypes { get; }

    /// <summary>0 for each of <see cref="Tokens"/> that is hidden, [Batch, n].</summary>
    protected CudaPointer AttentionMask { get; }

    /// <summary>[Batch, channels, height, width].</summary>
    protected CudaPointer Pixels { get; }

    /// <summary>The factor of each embedding, [Batch · n].</summary>
    protected CudaPointer InputScale { get; }

    /// <summary>What is added to scores, or the factor of probabilities, [Batch, n, n].</summary>
    protected CudaPointer PairMask { get; }

    /// <summary>Where the last layer's states go, [Batch · n, DModel].</summary>
    protected CudaPointer HiddenOutput { get; }

    /// <summary>Where the vectors of sequences go, [Batch, PooledWidth].</summary>
    protected CudaPointer PooledOutput { get; }

    /// <summary>Where logits go.</summary>
    protected CudaPointer LogitsOutput { get; }

    /// <summary>Where the states after so many layers go, [Batch · n, DModel].</summary>
    protected CudaPointer LayerOutput(int layer) => _layers + layer * _layerBytes;

    /// <summary>From the inputs to all outputs.</summary>
    public abstract void LaunchEncode();
}
