using Transformer.Compiled.Generation;

namespace Transformer.Compiled.Training;

/// <summary>Checks a micro-batch before anything uses it.</summary>
internal static class BatchValidation
{
    /// <summary>Checks all buffers of a batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names buffer and index.</exception>
    public static void Check(TrainingBatch batch, BatchLayout layout, in TrainerShape shape)
    {
        InputChecks.Below(batch.Integers(layout.Tokens), shape.VocabularySize, nameof(TrainingBatch.Tokens));
        InputChecks.Below(batch.Integers(layout.TokenTypes), shape.TokenTypes, nameof(TrainingBatch.TokenTypes));
        InputChecks.Below(batch.Integers(layout.AttentionMask), 2, nameof(TrainingBatch.AttentionMask));
        InputChecks.Below(batch.Integers(layout.Sources), shape.SourceVocabularySize, nameof(TrainingBatch.Sources));
        InputChecks.Below(batch.Integers(layout.SourceMask), 2, nameof(TrainingBatch.SourceMask));
        InputChecks.Pairs(batch.Floats(layout.PairMask), shape.PairMask, nameof(TrainingBatch.PairMask));
        CheckTargets(batch.Integers(layout.Targets), shape.Classes, nameof(TrainingBatch.Targets));
        CheckFinite(batch.Floats(layout.TargetValues), nameof(TrainingBatch.TargetValues));
    }

    public static void CheckInputs(ReadOnlySpan<int> inputs, in TrainerShape shape)
    {
        CheckLength(inputs.Length, shape, nameof(inputs));
        InputChecks.Below(inputs, shape.VocabularySize, nameof(inputs));
    }

    public static void CheckTargets(ReadOnlySpan<int> targets, in TrainerShape shape)
    {
        CheckLength(targets.Length, shape, nameof(targets));
        CheckTargets(targets, shape.Classes, nameof(targets));
    }

    private static void CheckTargets(ReadOnlySpan<int> targets, int classes, string name)
    {
        for (int index = 0; index < targets.Length; index++)
        {
            if ((uint)targets[index] >= (uint)classes && targets[index] != Labels.Ignored)
                InputChecks.ThrowOutOfRange(targets[index], index, name, $"0 to {classes - 1}, or {Labels.Ignored} (ignored)");
        }
    }

    /// <summary>NaN stands for a label that is not known.</summary>
    private static void CheckFinite(ReadOnlySpan<float> values, string name)
    {
        for (int index = 0; index < values.Length; index++)
        {
            if (float.IsInfinity(values[index])) InputChecks.ThrowOutOfRange(values[index], index, name, "all finite numbers");
        }
    }

    private static void CheckLength(int length, in TrainerShape shape, string name)
    {
        if (length == shape.Rows) return;
        throw new ArgumentException(
            $"{name} has {length} tokens; BatchSize {shape.BatchSize} · SequenceLength {shape.SequenceLength} is {shape.Rows}.", name);
    }
}
