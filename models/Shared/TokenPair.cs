using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models;

/// <summary>A sentence and its translation as tokens, without those that stand around them.</summary>
internal readonly record struct TokenPair(int[] Source, int[] Target)
{
    /// <summary>Writes a row for an encoder–decoder: the decoder reads a start token and the translation, and learns the translation and an end token.</summary>
    /// <param name="batch">The trainer's.</param>
    /// <param name="row">From 0.</param>
    /// <param name="start">The token before every translation.</param>
    /// <param name="end">The token after every translation.</param>
    public void Write(TrainingBatch batch, int row, int start, int end)
    {
        batch.SetSource(row, Source);
        batch.SetTokens(row, [start, .. Target]);
        batch.SetTargets(row, [.. Target, end]);
    }
}
