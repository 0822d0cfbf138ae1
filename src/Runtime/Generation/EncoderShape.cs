using System.ComponentModel;

namespace Transformer.Compiled.Generation;

/// <summary>What an encoder's logits are about.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum LogitsPer
{
    /// <summary>It has no logits.</summary>
    None,

    /// <summary>[Batch, n, LogitColumns].</summary>
    Token,

    /// <summary>[Batch, LogitColumns].</summary>
    Sequence,

    /// <summary>[2, Batch, n]: whether an answer starts at a token, then whether it ends there.</summary>
    Span,
}

/// <summary>The static sizes of a generated encoder, from which <see cref="EncoderSession"/> lays out its memory. What is 0 is absent.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct EncoderShape()
{
    /// <summary>Sequences, or images, that are encoded at once.</summary>
    public int Batch { get; init; }

    /// <summary>The most tokens of a sequence; patches and the class token of an image.</summary>
    public int SequenceLength { get; init; }

    /// <summary>Width of a hidden state.</summary>
    public int DModel { get; init; }

    /// <summary>Scratch.</summary>
    public nint ActivationFloats { get; init; }

    /// <summary>Tables computed once.</summary>
    public nint TableFloats { get; init; }

    /// <summary>Tokens that the model knows; 0 where images come in.</summary>
    public int VocabularySize { get; init; }

    /// <summary>Kinds of tokens, where each token has one.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Floats of one image, channels · height · width.</summary>
    public int PixelFloats { get; init; }

    /// <summary>The token whose position is its own id and which later positions do not count (RoBERTa's padding); −1 for none.</summary>
    public int PositionPadding { get; init; } = -1;

    /// <summary>Hidden states that are kept beside the last ones: those of the embeddings and after each layer.</summary>
    public int HiddenLayers { get; init; }

    /// <summary>Width of a sequence's one vector.</summary>
    public int PooledWidth { get; init; }

    /// <summary>What the logits are about.</summary>
    public LogitsPer LogitsPer { get; init; }

    /// <summary>Logits of a token or a sequence.</summary>
    public int LogitColumns { get; init; }

    /// <summary>Whether each token's embedding has a factor.</summary>
    public bool HasInputScale { get; init; }

    /// <summary>What a number for each pair of positions does.</summary>
    public PairMask PairMask { get; init; }

    /// <summary>Layers whose attention weights are kept to be seen.</summary>
    public int CapturedLayers { get; init; }

    /// <summary>Heads of each of them.</summary>
    public int CapturedHeads { get; init; }

    /// <summary>The most tokens at once, [Batch, SequenceLength].</summary>
    internal int Rows => checked(Batch * SequenceLength);

    /// <summary>Factors of embeddings of full sequences.</summary>
    internal int ScaleCount => HasInputScale ? Rows : 0;

    /// <summary>Pairs of positions of full sequences.</summary>
    internal int PairCount => PairMask == PairMask.None ? 0 : checked(Rows * SequenceLength);

    /// <summary>Logits of full sequences.</summary>
    internal nint LogitFloats => LogitsPer switch
    {
        LogitsPer.Token => checked((nint)Rows * LogitColumns),
        LogitsPer.Sequence => checked((nint)Batch * LogitColumns),
        LogitsPer.Span => checked((nint)Rows * 2),
        _ => 0,
    };
}
