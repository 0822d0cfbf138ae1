namespace Transformer.Compiled.Training;

/// <summary>
/// A text cut into windows that do not overlap, in batches of static shape: each token but the first is a target exactly once.
/// Where the text ends, inputs are token 0 and targets are ignored, which is exact for causal models.
/// </summary>
public sealed class ValidationWindows
{
    private readonly TokenDataset _data;
    private readonly int _batchSize;
    private readonly int _sequenceLength;
    private readonly int[] _inputs;
    private readonly int[] _targets;

    /// <param name="data">At least two tokens.</param>
    /// <param name="batchSize">Windows of a batch, at least 1.</param>
    /// <param name="sequenceLength">Tokens of a window, at least 1.</param>
    /// <exception cref="ArgumentException">The text has fewer than two tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public ValidationWindows(TokenDataset data, int batchSize, int sequenceLength)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        if (data.Count < 2)
            throw new ArgumentException($"Validation needs at least 2 tokens; the text has {data.Count}.", nameof(data));

        _data = data;
        _batchSize = batchSize;
        _sequenceLength = sequenceLength;
        _inputs = new int[checked(batchSize * sequenceLength)];
        _targets = new int[_inputs.Length];
        Batches = (TargetCount + _inputs.Length - 1) / _inputs.Length;
    }

    /// <summary>Batches that cover the text.</summary>
    public int Batches { get; }

    /// <summary>Targets of all batches together: all tokens but the first.</summary>
    public int TargetCount => _data.Count - 1;

    /// <summary>Writes batch <paramref name="batch"/>, [batchSize, sequenceLength], and returns how many of its targets count.</summary>
    /// <param name="batch">From 0, below <see cref="Batches"/>.</param>
    /// <param name="inputs">Receives tokens, [batchSize, sequenceLength].</param>
    /// <param name="targets">Receives the token that follows each of them, or −100, [batchSize, sequenceLength].</param>
    /// <exception cref="ArgumentException">A length is not that of a batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such batch.</exception>
    public int Fill(int batch, Span<int> inputs, Span<int> targets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(batch, Batches);
        RequireLength(inputs.Length, nameof(inputs));
        RequireLength(targets.Length, nameof(targets));

        // Windows follow one another in the text, and so do the rows of a batch: a batch is one piece of text.
        int start = batch * _inputs.Length;
        int count = Math.Min(TargetCount - start, _inputs.Length);
        _data.CopyWindow(start, inputs[..count], targets[..count]);
        inputs[count..].Clear();
        targets[count..].Fill(Labels.Ignored);
        return count;
    }

    /// <summary>The mean cross-entropy over every target of the text, in nats.</summary>
    /// <param name="trainer">A trainer of this batch size and sequence length.</param>
    /// <param name="cancellation">Checked before each batch.</param>
    /// <exception cref="ArgumentException">The trainer has another batch size or sequence length.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public double Evaluate(ILanguageModelTrainer trainer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        if (trainer.BatchSize != _batchSize || trainer.SequenceLength != _sequenceLength)
        {
            throw new ArgumentException(
                $"The trainer's batches are [{trainer.BatchSize}, {trainer.SequenceLength}]; the windows are [{_batchSize}, {_sequenceLength}].",
                nameof(trainer));
        }

        double total = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Fill(batch, _inputs, _targets);
            total += (double)trainer.Evaluate(_inputs, _targets) * count;
        }

        return total / TargetCount;
    }

    private void RequireLength(int length, string name)
    {
        if (length != _inputs.Length)
            throw new ArgumentException($"{name} has {length} tokens; a batch is [{_batchSize}, {_sequenceLength}].", name);
    }
}
