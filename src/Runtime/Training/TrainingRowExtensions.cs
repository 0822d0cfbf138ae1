namespace Transformer.Compiled.Training;

/// <summary>Writes one row of a batch, padded to the batch's static length.</summary>
public static class TrainingRowExtensions
{
    /// <summary>
    /// Writes the tokens that the model reads, with padding behind them. Where the model has an attention mask, it hides the padding; where it has
    /// token types, they become 0.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">From 0.</param>
    /// <param name="tokens">At most the sequence length.</param>
    /// <param name="padding">The token of the rest of the row.</param>
    /// <exception cref="ArgumentException">There are more tokens than a row holds.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The model reads no tokens.</exception>
    public static void SetTokens(this TrainingBatch batch, int row, ReadOnlySpan<int> tokens, int padding = 0)
    {
        Write(tokens, Row(batch, batch.Tokens, row), padding, row, nameof(tokens));
        if (batch.Has(nameof(TrainingBatch.AttentionMask))) Mask(Row(batch, batch.AttentionMask, row), tokens.Length);
        if (batch.Has(nameof(TrainingBatch.TokenTypes))) Row(batch, batch.TokenTypes, row).Clear();
    }

    /// <summary>Writes the kinds of a row's tokens; the rest of the row is of kind 0.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">From 0.</param>
    /// <param name="types">At most the sequence length, each below <see cref="TransformerAttribute.TokenTypes"/>.</param>
    /// <exception cref="ArgumentException">There are more types than a row holds.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The model has no token types.</exception>
    public static void SetTokenTypes(this TrainingBatch batch, int row, ReadOnlySpan<int> types) =>
        Write(types, Row(batch, batch.TokenTypes, row), 0, row, nameof(types));

    /// <summary>Writes the tokens that the encoder of an encoder–decoder reads, with padding behind them, which its mask hides.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">From 0.</param>
    /// <param name="tokens">At most the length of a source.</param>
    /// <param name="padding">The token of the rest of the row.</param>
    /// <exception cref="ArgumentException">There are more tokens than a row holds.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The model has no sources.</exception>
    public static void SetSource(this TrainingBatch batch, int row, ReadOnlySpan<int> tokens, int padding = 0)
    {
        Write(tokens, Row(batch, batch.Sources, row), padding, row, nameof(tokens));
        Mask(Row(batch, batch.SourceMask, row), tokens.Length);
    }

    /// <summary>Writes a row's targets: one for each token, the rest of the row ignored; one for the sequence; or first and last token of an answer.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">From 0.</param>
    /// <param name="targets">Classes, or −100 to ignore: at most the sequence length of them for tokens, else 1 for a sequence, 2 for an answer.</param>
    /// <exception cref="ArgumentException">There are more than a row has, or fewer and they are not of tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The model is trained on numbers, not classes.</exception>
    public static void SetTargets(this TrainingBatch batch, int row, ReadOnlySpan<int> targets)
    {
        Span<int> all = batch.Targets;
        if (batch.Kind == TargetKind.Token)
        {
            Write(targets, Row(batch, all, row), Labels.Ignored, row, nameof(targets));
            return;
        }

        int count = all.Length / batch.BatchSize;
        CheckRow(batch, row);
        if (targets.Length != count) throw new ArgumentException($"Row {row} is given {targets.Length} targets; it has {count}.", nameof(targets));
        for (int index = 0; index < count; index++) all[(index * batch.BatchSize) + row] = targets[index];
    }

    /// <summary>Writes the only target of a sequence, or the first of its tokens' targets.</summary>
    /// <inheritdoc cref="SetTargets" path="/exception"/>
    public static void SetTarget(this TrainingBatch batch, int row, int target) => batch.SetTargets(row, [target]);

    /// <summary>Writes the numbers that a row is compared with. NaN is ignored; so is the rest of a row whose tokens have numbers of their own.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">From 0.</param>
    /// <param name="values">[labels], or of tokens at most [sequence length, labels].</param>
    /// <exception cref="ArgumentException">There are more numbers than a row has, or fewer and they are of the sequence.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The model is trained on classes, not numbers.</exception>
    public static void SetTargetValues(this TrainingBatch batch, int row, ReadOnlySpan<float> values)
    {
        Span<float> destination = Row(batch, batch.TargetValues, row);
        if (values.Length > destination.Length || (values.Length < destination.Length && batch.Kind == TargetKind.Values))
            throw new ArgumentException($"Row {row} is given {values.Length} target values; it has {destination.Length}.", nameof(values));
        values.CopyTo(destination);
        destination[values.Length..].Fill(float.NaN);
    }

    /// <summary>Makes a row count for nothing: its tokens are padding and its targets are ignored.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">From 0.</param>
    /// <param name="padding">The token that the row is made of.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public static void IgnoreRow(this TrainingBatch batch, int row, int padding = 0)
    {
        CheckRow(batch, row);
        if (batch.Has(nameof(TrainingBatch.Tokens))) batch.SetTokens(row, [], padding);
        if (batch.Has(nameof(TrainingBatch.Sources))) batch.SetSource(row, [], padding);
        if (batch.Has(nameof(TrainingBatch.TargetValues))) Row(batch, batch.TargetValues, row).Fill(float.NaN);
        if (batch.Has(nameof(TrainingBatch.Targets))) IgnoreTargets(batch, row);
    }

    /// <summary>How many of a batch's targets count: classes that are not −100, or numbers that are not NaN.</summary>
    internal static long CountedTargets(this TrainingBatch batch)
    {
        if (batch.Has(nameof(TrainingBatch.Targets))) return batch.Targets.Length - batch.Targets.Count(Labels.Ignored);
        long count = 0;
        foreach (float value in batch.TargetValues) count += float.IsNaN(value) ? 0 : 1;
        return count;
    }

    private static bool Has(this TrainingBatch batch, string buffer)
    {
        for (int index = 0; index < batch.Names.Count; index++)
        {
            if (batch.Names[index] == buffer) return true;
        }

        return false;
    }

    private static void IgnoreTargets(TrainingBatch batch, int row)
    {
        Span<int> targets = batch.Targets;
        if (batch.Kind == TargetKind.Token)
        {
            Row(batch, targets, row).Fill(Labels.Ignored);
            return;
        }

        for (int index = row; index < targets.Length; index += batch.BatchSize) targets[index] = Labels.Ignored;
    }

    private static void Write(ReadOnlySpan<int> values, Span<int> row, int rest, int index, string name)
    {
        if (values.Length > row.Length) throw new ArgumentException($"Row {index} is given {values.Length} {name}; it holds {row.Length}.", name);
        values.CopyTo(row);
        row[values.Length..].Fill(rest);
    }

    private static void Mask(Span<int> row, int count)
    {
        row[..count].Fill(1);
        row[count..].Clear();
    }

    private static Span<T> Row<T>(TrainingBatch batch, Span<T> buffer, int row)
    {
        CheckRow(batch, row);
        int length = buffer.Length / batch.BatchSize;
        return buffer.Slice(row * length, length);
    }

    private static void CheckRow(TrainingBatch batch, int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, batch.BatchSize);
    }
}
