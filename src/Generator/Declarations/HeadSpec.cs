namespace Transformer.Compiled.Generator.Declarations;

internal enum HeadKind
{
    /// <summary>Logits over the vocabulary for the token after each position.</summary>
    LanguageModel,

    /// <summary>Logits over the vocabulary for the token at each position.</summary>
    MaskedLanguageModel,

    /// <summary>Logits over labels for a whole sequence, or for an image.</summary>
    SequenceClassification,

    /// <summary>Logits over labels for each token.</summary>
    TokenClassification,

    /// <summary>For each token how likely an answer starts and ends there.</summary>
    SpanExtraction,

    /// <summary>Hidden states and, where there is a pooling, one vector for each sequence.</summary>
    None,
}

internal enum PoolingKind { None, First, Mean, Max }

internal sealed record HeadSpec
{
    public HeadKind Kind { get; init; }

    /// <summary>Classes that it tells apart; 0 for the vocabulary.</summary>
    public int Labels { get; init; }

    /// <summary>Whether the vocabulary projection shares the token embedding's storage.</summary>
    public required bool Tied { get; init; }
    public required bool Bias { get; init; }

    /// <summary>Whether the bias is a constant of the checkpoint, not trained.</summary>
    public bool HasFixedBias { get; init; }

    /// <summary>The factor on the states before the vocabulary projection, 1 for none.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>The activation of the layer (linear, activation, norm) before a masked language model's projection; null for none.</summary>
    public Activation? Transform { get; init; }

    /// <summary>How a sequence's states become one vector.</summary>
    public PoolingKind Pooling { get; init; }

    /// <summary>The activation of the linear layer after the pooling; null for no such layer.</summary>
    public Activation? Pooler { get; init; }

    /// <summary>Whether pooled vectors are brought to length 1.</summary>
    public bool NormalizePooled { get; init; }

    /// <summary>What is lost unless the training says otherwise.</summary>
    public LossKind Loss { get; init; }
}
