using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models.Translation;

/// <summary>How the model is trained.</summary>
internal static class SentenceTraining
{
    private const double Peak = 5e-4;
    private const int WarmupSteps = 400;

    /// <summary>AdamW at 5e-4 after a linear warm-up over 400 steps.</summary>
    public static AdamW Optimizer() => new()
    {
        LearningRate = LearningRateSchedule.From(step => Peak * Math.Min(1, (step + 1.0) / WarmupSteps)),
        Beta1 = 0.9,
        Beta2 = 0.98,
        Epsilon = 1e-9,
        WeightDecay = 0.01,
        ClipNorm = 1,
    };

    /// <summary>All pairs in each epoch, in an order of its own; without a seed in the order given, for validation.</summary>
    public static ExampleBatches<TokenPair> Batches(TokenPair[] pairs, int batchSize, ulong? seed)
    {
        return seed is { } key ? new ExampleBatches<TokenPair>(pairs, batchSize, key, Write) : new ExampleBatches<TokenPair>(pairs, batchSize, Write);

        static void Write(TrainingBatch batch, int row, TokenPair pair, long place) => pair.Write(batch, row, SentenceTokens.Start, SentenceTokens.End);
    }
}
