using System.ComponentModel;
using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Training;

/// <summary>A generated trainer whose model goes on with a text: inputs, and the token that follows each of them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class LanguageModelTrainer : ModelTrainer, ILanguageModelTrainer
{
    /// <inheritdoc/>
    protected LanguageModelTrainer(ModelWeights weights, Optimizer optimizer, TrainerShape shape, TrainerOptions? options)
        : base(weights, optimizer, shape, options)
    {
    }

    /// <inheritdoc/>
    public int SequenceLength => Shape.SequenceLength;

    /// <inheritdoc/>
    public float Forward(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        SetBatch(inputs, targets);
        return Forward();
    }

    /// <inheritdoc/>
    public float Step(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        SetBatch(inputs, targets);
        return Step();
    }

    /// <inheritdoc/>
    public float Evaluate(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        SetBatch(inputs, targets);
        return Evaluate();
    }

    private void SetBatch(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        BatchValidation.CheckInputs(inputs, Shape);
        BatchValidation.CheckTargets(targets, Shape);
        inputs.CopyTo(Batch.Tokens);
        targets.CopyTo(Batch.Targets);
    }
}
