using System.ComponentModel;

namespace Transformer.Compiled.Training;

/// <summary>The static sizes of a generated trainer, from which <see cref="ModelTrainer"/> lays out its memory. What is left out is absent.</summary>
/// <param name="VocabularySize">Tokens that the model knows, on the decoder's side where it has two; 0 where images come in.</param>
/// <param name="BatchSize">Sequences, or images, of a micro-batch.</param>
/// <param name="SequenceLength">Tokens of a sequence; patches and the class token of an image.</param>
/// <param name="ActivationFloats">What the forward pass leaves for the backward pass, and scratch.</param>
/// <param name="TableFloats">Tables computed once.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct TrainerShape(
    int VocabularySize,
    int BatchSize,
    int SequenceLength,
    nint ActivationFloats,
    nint TableFloats)
{
    /// <summary>
    /// Whether the activations of an update's first micro-batch, and of evaluations between updates, lie in the memory of the gradients (and behind it),
    /// where the plan lets each die before its place is written. Those of further micro-batches, which add to gradients, have memory of their own.
    /// </summary>
    public bool ActivationsAmongGradients { get; init; }

    /// <summary>Kinds of tokens, where each token has one.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Whether the caller may hide tokens.</summary>
    public bool HasAttentionMask { get; init; }

    /// <summary>Tokens that the encoder of an encoder–decoder knows.</summary>
    public int SourceVocabularySize { get; init; }

    /// <summary>Tokens of a source.</summary>
    public int SourceLength { get; init; }

    /// <summary>Floats of one image, channels · height · width.</summary>
    public int PixelFloats { get; init; }

    /// <summary>Whether each token's embedding has a factor.</summary>
    public bool HasInputScale { get; init; }

    /// <summary>What a number for each pair of positions does.</summary>
    public PairMask PairMask { get; init; }

    /// <summary>The token whose position is its own id and which later positions do not count (RoBERTa's padding); −1 for none.</summary>
    public int PositionPadding { get; init; } = -1;

    /// <summary>What the loss compares with.</summary>
    public TargetKind Targets { get; init; }

    /// <summary>Classes of a target, or numbers of a target; 0 for the vocabulary.</summary>
    public int Labels { get; init; }

    /// <summary>Tokens of a micro-batch, [BatchSize, SequenceLength].</summary>
    internal int Rows => checked(BatchSize * SequenceLength);

    /// <summary>Tokens of a micro-batch's sources, [BatchSize, SourceLength].</summary>
    internal int SourceRows => checked(BatchSize * SourceLength);

    /// <summary>Classes that a target is one of.</summary>
    internal int Classes => Targets == TargetKind.Span ? SequenceLength : LabelCount;

    /// <summary>Classes, or numbers, that the logits stand for.</summary>
    internal int LabelCount => Labels == 0 ? VocabularySize : Labels;
}
