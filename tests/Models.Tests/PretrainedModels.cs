using Transformer.Compiled;

namespace Models.Tests;

/// <summary>One body under several heads, and a wider one.</summary>
public static partial class PretrainedModels
{
    [Transformer(
        Architecture = Architecture.EncoderOnly, VocabularySize = 13, ContextLength = 9, DModel = 15, Heads = 3, Layers = 1, FeedForwardDim = 11,
        Head = HeadKind.MaskedLanguageModel)]
    public sealed partial class Masked;

    [Transformer(
        Architecture = Architecture.EncoderOnly, VocabularySize = 13, ContextLength = 9, DModel = 15, Heads = 3, Layers = 1, FeedForwardDim = 11,
        Head = HeadKind.SequenceClassification, Labels = 3)]
    public sealed partial class Classifier;

    [Transformer(
        Architecture = Architecture.EncoderOnly, VocabularySize = 13, ContextLength = 9, DModel = 15, Heads = 3, Layers = 1, FeedForwardDim = 11,
        Head = HeadKind.TokenClassification, Labels = 3)]
    public sealed partial class Tagger;

    [Transformer(
        Architecture = Architecture.EncoderOnly, VocabularySize = 13, ContextLength = 9, DModel = 15, Heads = 3, Layers = 1, FeedForwardDim = 11,
        Head = HeadKind.SpanExtraction)]
    public sealed partial class Answers;

    [Transformer(
        Architecture = Architecture.EncoderOnly, VocabularySize = 13, ContextLength = 9, DModel = 15, Heads = 3, Layers = 1, FeedForwardDim = 11)]
    public sealed partial class Body;

    [Transformer(
        Architecture = Architecture.EncoderOnly, VocabularySize = 13, ContextLength = 9, DModel = 18, Heads = 3, Layers = 1, FeedForwardDim = 11,
        Head = HeadKind.SequenceClassification, Labels = 3)]
    public sealed partial class Wide;

    /// <summary>One label more than <see cref="Classifier"/>.</summary>
    [Transformer(
        Architecture = Architecture.EncoderOnly, VocabularySize = 13, ContextLength = 9, DModel = 15, Heads = 3, Layers = 1, FeedForwardDim = 11,
        Head = HeadKind.SequenceClassification, Labels = 4)]
    public sealed partial class MoreLabels;
}
