using System.Diagnostics.CodeAnalysis;

namespace Transformer.Compiled.Training;

/// <summary>Checks a micro-batch before anything uses it.</summary>
internal static class BatchValidation
{
    public static void CheckInputs(ReadOnlySpan<int> inputs, in TrainerShape shape)
    {
        CheckLength(inputs.Length, shape, nameof(inputs));
        for (int index = 0; index < inputs.Length; index++)
        {
            if ((uint)inputs[index] >= (uint)shape.VocabularySize)
                ThrowOutOfRange(inputs[index], index, nameof(inputs), $"0 to {shape.VocabularySize - 1}");
        }
    }

    public static void CheckTargets(ReadOnlySpan<int> targets, in TrainerShape shape)
    {
        CheckLength(targets.Length, shape, nameof(targets));
        for (int index = 0; index < targets.Length; index++)
        {
            if ((uint)targets[index] >= (uint)shape.VocabularySize && targets[index] != Labels.Ignored)
                ThrowOutOfRange(targets[index], index, nameof(targets), $"0 to {shape.VocabularySize - 1}, or {Labels.Ignored} (ignored)");
        }
    }

    private static void CheckLength(int length, in TrainerShape shape, string name)
    {
        int expected = shape.BatchSize * shape.SequenceLength;
        if (length == expected) return;
        throw new ArgumentException(
            $"{name} has {length} tokens; BatchSize {shape.BatchSize} · SequenceLength {shape.SequenceLength} is {expected}.", name);
    }

    [DoesNotReturn]
    private static void ThrowOutOfRange(int value, int index, string name, string range) =>
        throw new ArgumentOutOfRangeException(name, value, $"{name}[{index}] is {value}; the range is {range}.");
}
