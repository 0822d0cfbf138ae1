using System.ComponentModel;

namespace Transformer.Compiled.Cuda;

/// <summary>The base of what is generated to launch a decoder's programs; those of an encoder beside it have places of their own.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class DecoderLauncher : CudaLauncher
{
    internal const string StatePlace = "state", LogitsPlace = "logits", TokensPlace = "tokens", PositionsPlace = "positions", HistoryPlace = "history", DrawnPlace = "drawn", OrdersPlace = "orders";
    internal const string SourcesPlace = "sources", SourcePositionsPlace = "source_positions", SourceMaskPlace = "source_mask";

    /// <inheritdoc cref="CudaLauncher(LauncherPlaces, ReadOnlySpan{byte})"/>
    protected DecoderLauncher(LauncherPlaces places, ReadOnlySpan<byte> ptx)
        : base(places, ptx)
    {
        State = places[StatePlace];
        NextLogits = places[LogitsPlace];
        Tokens = places[TokensPlace];
        Positions = places[PositionsPlace];
        History = places[HistoryPlace];
        Drawn = places[DrawnPlace];
        Orders = places[OrdersPlace];
        Sources = places[SourcesPlace];
        SourcePositions = places[SourcePositionsPlace];
        SourceMask = places[SourceMaskPlace];
    }

    /// <summary>The caches of the slot that is being prefilled; of slot 0 while decoding.</summary>
    protected internal CudaPointer State { get; internal set; }

    /// <summary>Where logits go: [VocabularySize] of the slot that is being prefilled; [Batch, VocabularySize] while decoding.</summary>
    protected internal CudaPointer NextLogits { get; internal set; }

    /// <summary>Where the logits of all rows of a chunk go, [rows, VocabularySize].</summary>
    protected internal CudaPointer ChunkLogits { get; internal set; }

    /// <summary>The tokens of the current step: [rows] of the chunk, or [Batch].</summary>
    protected CudaPointer Tokens { get; }

    /// <summary>The position of each of <see cref="Tokens"/> in its slot.</summary>
    protected CudaPointer Positions { get; }

    /// <summary>The tokens in each row's cache, [Batch, ContextLength].</summary>
    protected CudaPointer History { get; }

    /// <summary>The tokens drawn last, [Batch].</summary>
    protected CudaPointer Drawn { get; }

    /// <summary>Workspace for drawing.</summary>
    protected CudaPointer Orders { get; }

    /// <summary>The tokens of the source that is being encoded.</summary>
    protected internal CudaPointer Sources { get; }

    /// <summary>The position of each of <see cref="Sources"/>, from 0.</summary>
    protected internal CudaPointer SourcePositions { get; }

    /// <summary>0 for a token of a source that is hidden: [SourceLength] of the row that is encoded or prefilled; [Batch, SourceLength] while decoding.</summary>
    protected internal CudaPointer SourceMask { get; internal set; }

    /// <summary>From <see cref="Tokens"/>, all of one slot, to the hidden states of all of them.</summary>
    public abstract void LaunchPrefill();

    /// <summary>The head on one hidden row of the last chunk, into <see cref="NextLogits"/>.</summary>
    public abstract void LaunchLastLogits();

    /// <summary>The head on all hidden rows of the last chunk, into <see cref="ChunkLogits"/>.</summary>
    public abstract void LaunchChunkLogits();

    /// <summary>Each row's token and position, as the control block says, to <see cref="Tokens"/>, <see cref="Positions"/> and <see cref="History"/>.</summary>
    public abstract void LaunchFeed();

    /// <summary>A token for each row by its logits, as the control block's sampler draws, to <see cref="Drawn"/>.</summary>
    public abstract void LaunchSample();

    /// <summary>From one token for each slot to <see cref="NextLogits"/>.</summary>
    public abstract void LaunchDecode();

    /// <summary>From <see cref="Sources"/> to the keys and values that the decoder's layers look at.</summary>
    public virtual void LaunchEncode() => throw new NotSupportedException("The model has no encoder.");
}
