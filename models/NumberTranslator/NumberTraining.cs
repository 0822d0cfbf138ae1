using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models.Numbers;

/// <summary>How the model is trained.</summary>
internal static class NumberTraining
{
    /// <summary>Trains within a minute on two cores.</summary>
    public const int Steps = 1000;

    private const int WarmupSteps = 100;

    /// <summary>AdamW without weight decay, from 3e-3 down to 0 by half a cosine; short runs warm up for a tenth of their steps.</summary>
    public static AdamW Optimizer(int steps) => new()
    {
        LearningRate = new WarmupCosine(3e-3, 0, Math.Min(WarmupSteps, steps / 10), steps),
        Beta2 = 0.99,
        WeightDecay = 0,
        ClipNorm = 1,
    };

    /// <summary>A number in both languages, as tokens.</summary>
    public static TokenPair Pair(int number) =>
        new(NumberTokens.EncodeEnglish(EnglishNumber.Of(number)), NumberTokens.EncodeChinese(ChineseNumber.Of(number)));
}

/// <summary>Batches of numbers to train on, without end.</summary>
internal sealed class NumberBatches(ulong seed) : IBatchSource
{
    private readonly TrainingNumbers _numbers = new(seed);

    public long? BatchesPerEpoch => null;

    public void Fill(long number, TrainingBatch batch)
    {
        for (int row = 0; row < batch.BatchSize; row++)
            NumberTraining.Pair(_numbers[(number * batch.BatchSize) + row]).Write(batch, row, NumberTokens.Start, NumberTokens.End);
    }
}
