using Transformer.Compiled.Training;

namespace Transformer.Compiled;

/// <summary>Trains a decoder-only language model. The members here write <see cref="ITrainer.Batch"/> and do what those of <see cref="ITrainer"/> do.</summary>
/// <remarks>
/// Inputs and targets are [<see cref="ITrainer.BatchSize"/>, <see cref="SequenceLength"/>] in row order. Inputs are token ids; targets
/// are already shifted (see <see cref="Labels.Shift"/>), and a target of −100 is ignored. Losses are mean cross-entropies in nats.
/// </remarks>
public interface ILanguageModelTrainer : ITrainer
{
    /// <summary>Tokens of a row.</summary>
    int SequenceLength { get; }

    /// <inheritdoc cref="ITrainer.Forward" path="/summary"/>
    /// <exception cref="ArgumentException">A length is not BatchSize · SequenceLength; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token or a target is outside the vocabulary; nothing has changed.</exception>
    float Forward(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets);

    /// <inheritdoc cref="ITrainer.Step" path="/summary"/>
    /// <exception cref="ArgumentException">A length is not BatchSize · SequenceLength; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token or a target is outside the vocabulary; nothing has changed.</exception>
    float Step(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets);

    /// <inheritdoc cref="ITrainer.Evaluate" path="/summary"/>
    /// <exception cref="ArgumentException">A length is not BatchSize · SequenceLength; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token or a target is outside the vocabulary; nothing has changed.</exception>
    float Evaluate(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets);
}
