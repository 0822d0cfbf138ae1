using System.ComponentModel;

namespace Transformer.Compiled.Cuda;

/// <summary>The base of what is generated to launch a trainer's passes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TrainerLauncher : CudaLauncher
{
    internal const string GradientsPlace = "gradients", LossPlace = "loss";

    /// <inheritdoc cref="CudaLauncher(LauncherPlaces, ReadOnlySpan{byte})"/>
    protected TrainerLauncher(LauncherPlaces places, ReadOnlySpan<byte> ptx)
        : base(places, ptx)
    {
        Gradients = places[GradientsPlace];
        Loss = places[LossPlace];
        Tokens = places[nameof(Tokens)];
        Positions = places[nameof(Positions)];
        TokenTypes = places[nameof(TokenTypes)];
        AttentionMask = places[nameof(AttentionMask)];
        Sources = places[nameof(Sources)];
        SourcePositions = places[nameof(SourcePositions)];
        SourceMask = places[nameof(SourceMask)];
        Pixels = places[nameof(Pixels)];
        InputScale = places[nameof(InputScale)];
        PairMask = places[nameof(PairMask)];
        Targets = places[nameof(Targets)];
        TargetValues = places[nameof(TargetValues)];
    }

    /// <summary>Laid out as the trained part of the weights: padding is zero and stays zero.</summary>
    protected CudaPointer Gradients { get; }

    /// <summary>Where the mean loss goes, [1].</summary>
    protected CudaPointer Loss { get; }

    /// <summary>The micro-batch's tokens, [BatchSize · SequenceLength].</summary>
    protected CudaPointer Tokens { get; }

    /// <summary>Where each of <see cref="Tokens"/> stands in its sequence.</summary>
    protected CudaPointer Positions { get; }

    /// <summary>The kinds of <see cref="Tokens"/>.</summary>
    protected CudaPointer TokenTypes { get; }

    /// <summary>0 for each of <see cref="Tokens"/> that is hidden, [BatchSize, SequenceLength].</summary>
    protected CudaPointer AttentionMask { get; }

    /// <summary>The encoder's tokens, [BatchSize · SourceLength].</summary>
    protected CudaPointer Sources { get; }

    /// <summary>Where each of <see cref="Sources"/> stands in its source.</summary>
    protected CudaPointer SourcePositions { get; }

    /// <summary>0 for each of <see cref="Sources"/> that is hidden, [BatchSize, SourceLength].</summary>
    protected CudaPointer SourceMask { get; }

    /// <summary>[BatchSize, channels, height, width].</summary>
    protected CudaPointer Pixels { get; }

    /// <summary>The factor of each embedding, [BatchSize · SequenceLength].</summary>
    protected CudaPointer InputScale { get; }

    /// <summary>What is added to scores, or the factor of probabilities, [BatchSize, SequenceLength, SequenceLength].</summary>
    protected CudaPointer PairMask { get; }

    /// <summary>The classes to find.</summary>
    protected CudaPointer Targets { get; }

    /// <summary>The numbers to compare with.</summary>
    protected CudaPointer TargetValues { get; }

    /// <summary>The micro-batch to activations and <see cref="Loss"/>.</summary>
    public abstract void LaunchForward();

    /// <summary>Activations to <see cref="Gradients"/>.</summary>
    public abstract void LaunchBackward();
}
