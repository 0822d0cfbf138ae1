namespace Transformer.Compiled.Metrics;

/// <summary>The part of predictions that equal their targets from end to end: matches / count, in [0, 1]; 0 when nothing was added.</summary>
/// <remarks>Texts are compared by code units, without any normalisation; <see cref="AnswerMatch"/> normalises. One thread at a time.</remarks>
public sealed class ExactMatch
{
    /// <summary>Predictions that equal their targets.</summary>
    public long Matches { get; private set; }

    /// <summary>Predictions that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Matches / Count; 0 when nothing was added.</summary>
    public double Value => Ratio.Of(Matches, Count);

    /// <summary>Adds a text. Two empty texts match.</summary>
    public void Add(ReadOnlySpan<char> prediction, ReadOnlySpan<char> target) => Add<char>(prediction, target);

    /// <summary>Adds a sequence of tokens. Two empty sequences match.</summary>
    public void Add(ReadOnlySpan<int> prediction, ReadOnlySpan<int> target) => Add<int>(prediction, target);

    private void Add<T>(ReadOnlySpan<T> prediction, ReadOnlySpan<T> target) where T : IEquatable<T>
    {
        Count++;
        if (prediction.SequenceEqual(target)) Matches++;
    }
}
