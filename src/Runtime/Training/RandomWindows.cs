using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels;

namespace Transformer.Compiled.Training;

/// <summary>
/// Batches of windows that start at random places of a text, each equally likely. Where a window starts is a function of seed, batch number
/// and row alone (Philox), so nothing needs saving to resume.
/// </summary>
public sealed class RandomWindows : ITrainingData
{
    /// <summary>The counter's last word, which tells these draws from others with the same seed: "ROWS".</summary>
    private const uint WindowTag = 0x53574F52;

    private readonly TokenDataset _data;
    private readonly int _sequenceLength;
    private readonly ulong _seed;

    /// <param name="data">At least one token more than a window.</param>
    /// <param name="sequenceLength">Tokens of a window, at least 1.</param>
    /// <param name="seed">The key of the draws.</param>
    /// <exception cref="ArgumentException">The text has no token more than a window.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The sequence length is not positive.</exception>
    public RandomWindows(TokenDataset data, int sequenceLength, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        if (data.Count <= sequenceLength)
        {
            throw new ArgumentException(
                $"Windows of {sequenceLength} tokens and their targets need {(long)sequenceLength + 1}; the text has {data.Count}.", nameof(data));
        }

        _data = data;
        _sequenceLength = sequenceLength;
        _seed = seed;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lengths differ or are not whole windows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch's number is negative.</exception>
    public void Fill(long batch, Span<int> inputs, Span<int> targets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        if (inputs.Length % _sequenceLength != 0)
            throw new ArgumentException($"{inputs.Length} tokens are not windows of {_sequenceLength}.", nameof(inputs));
        if (targets.Length != inputs.Length)
            throw new ArgumentException($"There are {inputs.Length} inputs and room for {targets.Length} targets.", nameof(targets));

        for (int row = 0; row < inputs.Length / _sequenceLength; row++)
        {
            Range window = (row * _sequenceLength)..((row + 1) * _sequenceLength);
            _data.CopyWindow(StartOf(batch, row), inputs[window], targets[window]);
        }
    }

    private int StartOf(long batch, int row)
    {
        Vector128<ulong> words = Philox.Block(_seed, Vector128.Create((uint)batch, (uint)(batch >> 32), (uint)row, WindowTag)).AsUInt64();
        return (int)Math.BigMul(words[0], (ulong)(_data.Count - _sequenceLength), out _);
    }
}
