namespace Transformer.Compiled.Training;

/// <summary>Conversions of labels.</summary>
public static class Labels
{
    /// <summary>The label and target that the loss ignores, as in PyTorch.</summary>
    public const int Ignored = -100;

    /// <summary>
    /// Hugging Face-style labels, where label t belongs to the logits of t − 1, to the targets of trainers, where target t
    /// belongs to the logits of t: each row moves left by one, and its last target is ignored.
    /// </summary>
    /// <param name="labels">[rows, sequenceLength] in row order.</param>
    /// <param name="sequenceLength">Labels of a row, at least 1.</param>
    /// <param name="targets">[rows, sequenceLength]; may be the same memory as <paramref name="labels"/>.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of the row length, or the lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The row length is not positive.</exception>
    public static void Shift(ReadOnlySpan<int> labels, int sequenceLength, Span<int> targets)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        if (labels.Length % sequenceLength != 0)
            throw new ArgumentException($"{labels.Length} labels are not rows of {sequenceLength}.", nameof(labels));
        if (targets.Length != labels.Length)
            throw new ArgumentException($"There are {labels.Length} labels and room for {targets.Length} targets.", nameof(targets));

        for (int start = 0; start < labels.Length; start += sequenceLength)
        {
            labels.Slice(start + 1, sequenceLength - 1).CopyTo(targets[start..]);
            targets[start + sequenceLength - 1] = Ignored;
        }
    }
}
