using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace Transformer.Compiled.Training;

/// <summary>Checks a micro-batch before anything uses it.</summary>
internal static class BatchValidation
{
    /// <summary>Checks all buffers of a batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names buffer and index.</exception>
    public static void Check(TrainingBatch batch, BatchLayout layout, in TrainerShape shape)
    {
        CheckBelow(batch.Integers(layout.Tokens), shape.VocabularySize, nameof(TrainingBatch.Tokens));
        CheckBelow(batch.Integers(layout.TokenTypes), shape.TokenTypes, nameof(TrainingBatch.TokenTypes));
        CheckBelow(batch.Integers(layout.AttentionMask), 2, nameof(TrainingBatch.AttentionMask));
        CheckBelow(batch.Integers(layout.Sources), shape.SourceVocabularySize, nameof(TrainingBatch.Sources));
        CheckBelow(batch.Integers(layout.SourceMask), 2, nameof(TrainingBatch.SourceMask));
        CheckPairs(batch.Floats(layout.PairMask), shape.PairMask);
        CheckTargets(batch.Integers(layout.Targets), shape.Classes, nameof(TrainingBatch.Targets));
        CheckFinite(batch.Floats(layout.TargetValues), nameof(TrainingBatch.TargetValues));
    }

    public static void CheckInputs(ReadOnlySpan<int> inputs, in TrainerShape shape)
    {
        CheckLength(inputs.Length, shape, nameof(inputs));
        CheckBelow(inputs, shape.VocabularySize, nameof(inputs));
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
                ThrowOutOfRange(targets[index], index, name, $"0 to {classes - 1}, or {Labels.Ignored} (ignored)");
        }
    }

    private static void CheckBelow(ReadOnlySpan<int> values, int limit, string name)
    {
        for (int index = 0; index < values.Length; index++)
        {
            if ((uint)values[index] >= (uint)limit) ThrowOutOfRange(values[index], index, name, $"0 to {limit - 1}");
        }
    }

    /// <summary>−∞ hides a pair where pairs are added to scores; a score that is +∞ or NaN has no softmax.</summary>
    private static void CheckPairs(ReadOnlySpan<float> pairs, PairMask kind)
    {
        if (pairs.IsEmpty) return;
        bool mayHide = kind != PairMask.Multiplicative;
        if (TensorPrimitives.Max(pairs) < float.PositiveInfinity && (mayHide || TensorPrimitives.Min(pairs) > float.NegativeInfinity)) return;
        for (int index = 0; index < pairs.Length; index++)
        {
            if (float.IsFinite(pairs[index]) || (mayHide && float.IsNegativeInfinity(pairs[index]))) continue;
            ThrowOutOfRange(pairs[index], index, nameof(TrainingBatch.PairMask), mayHide ? "all finite numbers, and −∞" : "all finite numbers");
        }
    }

    /// <summary>NaN stands for a label that is not known.</summary>
    private static void CheckFinite(ReadOnlySpan<float> values, string name)
    {
        for (int index = 0; index < values.Length; index++)
        {
            if (float.IsInfinity(values[index])) ThrowOutOfRange(values[index], index, name, "all finite numbers");
        }
    }

    private static void CheckLength(int length, in TrainerShape shape, string name)
    {
        if (length == shape.Rows) return;
        throw new ArgumentException(
            $"{name} has {length} tokens; BatchSize {shape.BatchSize} · SequenceLength {shape.SequenceLength} is {shape.Rows}.", name);
    }

    [DoesNotReturn]
    private static void ThrowOutOfRange<T>(T value, int index, string name, string range) =>
        throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name}[{index}] is {value}; the range is {range}."));
}
